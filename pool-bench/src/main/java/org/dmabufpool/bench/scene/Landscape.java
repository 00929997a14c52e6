// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

import org.dmabufpool.bench.photo.Rows;

/** A lake among mountains in the evening. */
public final class Landscape {

    private static final float HORIZON = 0.640f;
    private static final float SUN_Y = 0.435f;
    private static final float SUN_X = 0.660f;

    private static final Light WATER = new Light(0.020f, 0.042f, 0.062f);
    private static final Light GLITTER = new Light(1.000f, 0.700f, 0.380f);

    private static final float RIPPLES = 70;
    /** The most ripples per pixel that come out clean; the noise adds finer octaves of its own. */
    private static final float FINEST = 0.20f;

    /** Rows of a band: fewer than elsewhere, as some rows take much longer than others. */
    private static final int PAINTED_ROWS = 16;

    private final int width;
    private final int height;
    private final int margin;
    private final float pixel;
    private final float aspect;
    private final Sky sky;
    private final Ridge[] ridges;
    private final Noise waves;
    private final Pines pines;
    private final Meadow meadow;

    /**
     * A landscape of some size. The same seed gives the same landscape at every size.
     *
     * @param width pixels in a row of what the camera sees
     * @param height rows of what the camera sees
     * @param margin pixels beyond each edge, for a camera that moves
     * @param seed which landscape
     */
    public Landscape(int width, int height, int margin, long seed) {
        this.width = width + 2 * margin;
        this.height = height + 2 * margin;
        this.margin = margin;
        this.pixel = 1f / height;
        this.aspect = width * pixel;
        this.sky = new Sky(seed + 1, aspect, SUN_X * aspect, SUN_Y, HORIZON);
        this.ridges = ridges(seed);
        this.waves = new Noise(seed + 2);
        this.pines = new Pines(
                seed + 3,
                pixel,
                new Pines.Pine(0.305f, 0.34f, 0.97f, 0.085f),
                new Pines.Pine(0.060f, 0.20f, 1.02f, 0.120f),
                new Pines.Pine(0.185f, 0.095f, 1.03f, 0.135f));
        this.meadow = new Meadow(seed + 4, pixel, aspect);
    }

    private Ridge[] ridges(long seed) {
        return new Ridge[] {
            ridge(seed + 10, new Ridge.Shape(HORIZON, 0.40f, 1.55f, 0.58f, 0.46f, 0)),
            ridge(seed + 11, new Ridge.Shape(HORIZON, 0.24f, 2.10f, 0.42f, 0.47f, 0)),
            ridge(seed + 12, new Ridge.Shape(HORIZON, 0.13f, 1.30f, 0.34f, 0, 0.012f)),
            ridge(seed + 13, new Ridge.Shape(HORIZON + 0.004f, 0.065f, 1.10f, 0.10f, 0, 0.024f)),
        };
    }

    private Ridge ridge(long seed, Ridge.Shape shape) {
        return new Ridge(shape, seed, width, -margin * pixel, pixel);
    }

    /** Paints all that the camera can see, margin included: first the land, then the lake that mirrors it. */
    public SceneImage paint() {
        SceneImage image = new SceneImage(width, height);
        int shore = Math.min(height, margin + (int) (HORIZON / pixel + 0.5f));
        Rows.inBands(shore, PAINTED_ROWS, (from, to) -> paint(image, from, to, this::land));
        Rows.inBands(height - shore, PAINTED_ROWS, (from, to) -> paint(image, shore + from, shore + to, this::lake));
        Rows.inBands(height, PAINTED_ROWS, (from, to) -> paint(image, from, to, this::foreground));
        return image;
    }

    private void paint(SceneImage image, int from, int to, Brush brush) {
        Light light = new Light();
        Light scratch = new Light();
        for (int row = from; row < to; row++) {
            float y = (row - margin + 0.5f) * pixel;
            for (int column = 0; column < width; column++) {
                float x = (column - margin + 0.5f) * pixel;
                if (brush.paint(image, column, x, y, light, scratch)) {
                    image.set(column, row, light);
                }
            }
        }
    }

    /** Paints a point. */
    @FunctionalInterface
    private interface Brush {
        /** Whether {@code out} is to be painted. */
        boolean paint(SceneImage image, int column, float x, float y, Light out, Light scratch);
    }

    private boolean foreground(SceneImage image, int column, float x, float y, Light out, Light scratch) {
        boolean grass = y > meadow.highest();
        if (!grass && !pines.near(x, y)) {
            return false;
        }
        image.get(column, row(y), out);
        pines.over(x, y, out);
        if (grass) {
            meadow.over(x, y, out);
        }
        return true;
    }

    private int row(float y) {
        return Noise.floor(y / pixel) + margin;
    }

    /** What stands above the water: the nearest ridge that hides the point, or the sky. */
    private boolean land(SceneImage image, int column, float x, float y, Light out, Light scratch) {
        int nearest = ridges.length - 1;
        while (nearest >= 0 && ridges[nearest].cover(column, y) < 1) {
            nearest--;
        }
        if (nearest < 0) {
            sky.at(x, y, out);
        }
        for (int i = Math.max(0, nearest); i < ridges.length; i++) {
            float cover = ridges[i].cover(column, y);
            if (cover > 0) {
                ridges[i].shade(column, y, scratch);
                float red = scratch.red;
                float green = scratch.green;
                float blue = scratch.blue;
                sky.haze(x, scratch);
                float low = Noise.clamp(1 - (HORIZON - y) * 3.2f);
                float haze = ridges[i].haze() * (0.62f + 0.50f * low);
                scratch.set(
                        Noise.between(red, scratch.red, haze),
                        Noise.between(green, scratch.green, haze),
                        Noise.between(blue, scratch.blue, haze));
                out.mix(scratch, cover);
            }
        }
        return true;
    }

    /** The lake mirrors the land, the more broken by waves the nearer it is. */
    private boolean lake(SceneImage image, int column, float x, float y, Light out, Light scratch) {
        float near = (y - HORIZON) / (1 - HORIZON);
        float far = 1 / (near + 0.080f);
        float swell = waves.cloudy(x * far * 2.3f, far * 26, 3) - 0.5f;
        float ripple = (waves.cloudy(x * far * 11 + 7, far * RIPPLES, 3) - 0.5f) * seen(far);
        float slope = swell * 0.060f + ripple * 0.055f;
        float mirrored = HORIZON - (y - HORIZON) * 0.97f + slope * (0.10f + near);
        int mirroredColumn = column + (int) (ripple * 0.012f * (0.15f + near) / pixel);
        int shore = row(HORIZON);
        image.get(
                Math.max(0, Math.min(width - 1, mirroredColumn)), Math.max(0, Math.min(shore - 1, row(mirrored))), out);
        float deep = Noise.clamp(0.16f + 0.50f * near + 1.1f * ripple * near);
        out.mix(WATER, deep);
        glitter(x, near, ripple + 0.6f * swell * seen(far), out);
        return true;
    }

    /** The share of ripples that pixels can show: where ripples are finer than pixels they cancel. */
    private float seen(float far) {
        float ripplesPerPixel = RIPPLES * far * far * pixel / (1 - HORIZON);
        return Math.min(1, FINEST / ripplesPerPixel);
    }

    private void glitter(float x, float near, float wave, Light out) {
        float away = (x - SUN_X * aspect) / (0.030f + 0.10f * near);
        float path = 1 / (1 + away * away * away * away);
        float spark = Noise.step(0.10f, 0.30f, wave);
        out.add(GLITTER, 0.85f * path * spark);
    }
}
