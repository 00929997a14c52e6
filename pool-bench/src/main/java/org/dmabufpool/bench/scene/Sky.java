// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

import org.dmabufpool.bench.photo.Rows;

/** An evening sky: a low sun, its glow, and clouds lit from below. */
final class Sky {

    private static final Light ZENITH = new Light(0.050f, 0.115f, 0.270f);
    private static final Light MIDDLE = new Light(0.245f, 0.300f, 0.430f);
    private static final Light HORIZON = new Light(0.900f, 0.520f, 0.270f);
    private static final Light GLOW = new Light(0.950f, 0.520f, 0.170f);
    private static final Light SUN = new Light(1.000f, 0.930f, 0.740f);
    private static final Light CLOUD_LIT = new Light(1.000f, 0.560f, 0.360f);
    private static final Light CLOUD_SHADE = new Light(0.230f, 0.200f, 0.300f);

    private static final float SUN_RADIUS = 0.026f;

    /** Steps of the grid per picture height: clouds have no finer detail. */
    private static final int GRID = 400;
    /** How far the grid reaches beyond the picture's left, right and upper edge. */
    private static final float BEYOND = 0.1f;

    private final Noise clouds;
    private final float sunX;
    private final float sunY;
    private final float horizon;
    private final int columns;
    private final float[] red;
    private final float[] green;
    private final float[] blue;

    /**
     * A sky.
     *
     * @param seed which clouds
     * @param aspect the picture's width in units of its height
     * @param sunX where the sun is
     * @param sunY where the sun is
     * @param horizon where the sky ends
     */
    Sky(long seed, float aspect, float sunX, float sunY, float horizon) {
        this.clouds = new Noise(seed);
        this.sunX = sunX;
        this.sunY = sunY;
        this.horizon = horizon;
        this.columns = (int) ((aspect + 2 * BEYOND) * GRID) + 2;
        int rows = (int) ((horizon + BEYOND) * GRID) + 2;
        this.red = new float[columns * rows];
        this.green = new float[columns * rows];
        this.blue = new float[columns * rows];
        Rows.inBands(rows, this::fillGrid);
    }

    private void fillGrid(int from, int to) {
        Light light = new Light();
        for (int i = from * columns; i < to * columns; i++) {
            int row = i / columns;
            int column = i % columns;
            smoothPart((float) column / GRID - BEYOND, (float) row / GRID - BEYOND, light);
            red[i] = light.red;
            green[i] = light.green;
            blue[i] = light.blue;
        }
    }

    /** The colour of haze towards {@code x}: warmer near the sun. */
    void haze(float x, Light out) {
        out.set(0.330f, 0.330f, 0.420f);
        out.mix(HORIZON, 0.75f * near(x - sunX, 0, 0.45f));
    }

    /** The sky's light at a point above the horizon. */
    void at(float x, float y, Light out) {
        float gridX = (x + BEYOND) * GRID;
        float gridY = (y + BEYOND) * GRID;
        int column = Math.max(0, Math.min(columns - 2, (int) gridX));
        int row = Math.max(0, Math.min(red.length / columns - 2, (int) gridY));
        float u = Noise.clamp(gridX - column);
        float v = Noise.clamp(gridY - row);
        int i = row * columns + column;
        out.set(between(red, i, u, v), between(green, i, u, v), between(blue, i, u, v));
        float dx = x - sunX;
        float dy = y - sunY;
        out.mix(SUN, Noise.step(SUN_RADIUS * 1.06f, SUN_RADIUS * 0.94f, (float) Math.sqrt(dx * dx + dy * dy)));
        out.add(SUN, 0.35f * near(dx, dy, 0.035f));
    }

    private float between(float[] grid, int i, float u, float v) {
        float upper = Noise.between(grid[i], grid[i + 1], u);
        float lower = Noise.between(grid[i + columns], grid[i + columns + 1], u);
        return Noise.between(upper, lower, v);
    }

    /** All but the sun itself. */
    private void smoothPart(float x, float y, Light out) {
        float height = Noise.clamp(1 - y / horizon);
        out.set(HORIZON);
        out.mix(MIDDLE, Noise.step(0.02f, 0.45f, height));
        out.mix(ZENITH, Noise.step(0.30f, 1.05f, height));
        float glow = near((x - sunX) * 0.75f, y - sunY, 0.17f);
        out.add(GLOW, 0.85f * glow);
        cloud(x, y, glow, out);
    }

    private void cloud(float x, float y, float glow, Light out) {
        float warp = clouds.cloudy(x * 1.7f + 31, y * 3.1f, 3);
        float flat = y * 6.5f + warp * 1.4f;
        float thick = clouds.cloudy(x * 1.9f + warp, flat, 6);
        float cover = Noise.step(0.50f, 0.74f, thick + 0.10f * (1 - y / horizon));
        if (cover <= 0) {
            return;
        }
        float below = clouds.cloudy(x * 1.9f + warp, flat + 0.35f, 4);
        float lit = Noise.clamp(0.55f + 2.6f * (thick - below) + 0.9f * glow);
        float red = Noise.between(CLOUD_SHADE.red, CLOUD_LIT.red, lit);
        float green = Noise.between(CLOUD_SHADE.green, CLOUD_LIT.green, lit);
        float blue = Noise.between(CLOUD_SHADE.blue, CLOUD_LIT.blue, lit);
        float share = 0.85f * cover;
        out.red += (red - out.red) * share;
        out.green += (green - out.green) * share;
        out.blue += (blue - out.blue) * share;
    }

    /** 1 at no distance, a half at {@code reach}, and less and less beyond. */
    private static float near(float dx, float dy, float reach) {
        return 1 / (1 + (dx * dx + dy * dy) / (reach * reach));
    }
}
