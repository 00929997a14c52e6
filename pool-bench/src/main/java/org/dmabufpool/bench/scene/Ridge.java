// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

/**
 * One of the ridges that lie behind one another: where its crest is in every column, and what its slopes look like.
 *
 * <p>Crests are computed once per column; slopes are shaded as if lit from the sun's side.
 */
final class Ridge {

    private static final float SLOPE_REACH = 0.012f;

    private static final Light ROCK = new Light(0.120f, 0.105f, 0.115f);
    private static final Light ROCK_LIT = new Light(0.460f, 0.300f, 0.215f);
    private static final Light SNOW = new Light(0.300f, 0.330f, 0.450f);
    private static final Light SNOW_LIT = new Light(0.980f, 0.740f, 0.600f);
    private static final Light WOOD = new Light(0.016f, 0.026f, 0.022f);
    private static final Light WOOD_LIT = new Light(0.110f, 0.105f, 0.048f);

    private final Shape shape;
    private final Noise noise;
    private final float[] crest;
    private final float origin;
    private final float pixel;

    /**
     * A ridge.
     *
     * @param shape what kind of ridge
     * @param seed what tells it from others
     * @param columns columns of the picture
     * @param origin {@code x} of the first column
     * @param pixel width of a column
     */
    Ridge(Shape shape, long seed, int columns, float origin, float pixel) {
        this.shape = shape;
        this.noise = new Noise(seed);
        this.crest = new float[columns];
        this.origin = origin;
        this.pixel = pixel;
        for (int column = 0; column < columns; column++) {
            crest[column] = crestAt(origin + column * pixel);
        }
    }

    private float crestAt(float x) {
        float rough = noise.cloudy(x * shape.frequency * 3.1f, 0.5f, 7) - 0.5f;
        if (shape.trees > 0) {
            float hills = noise.cloudy(x * shape.frequency, 7.5f, 3);
            return shape.base - shape.height * hills - shape.trees * conifers(x / shape.trees * 2.2f);
        }
        return shape.base - shape.height * (peaks(x * shape.frequency) + 0.34f * rough);
    }

    /** Pointed mountains at random places, the higher ones hiding the others. */
    private float peaks(float x) {
        float highest = 0.18f;
        int middle = Noise.floor(x);
        for (int peak = middle - 1; peak <= middle + 1; peak++) {
            float tall = 0.52f + 0.48f * noise.at(peak, 11);
            float place = peak + 0.2f + 0.6f * noise.at(peak, 12);
            float away = Math.abs(x - place);
            highest = Math.max(highest, tall - away * (0.95f - 0.35f * Noise.clamp(away)));
        }
        return highest;
    }

    /** A row of firs in profile: three staggered rows of pointed tops. */
    private float conifers(float x) {
        float highest = 0;
        for (int row = 0; row < 3; row++) {
            float shifted = x * (1 + 0.23f * row) + 0.37f * row;
            int middle = Noise.floor(shifted);
            for (int tree = middle - 1; tree <= middle + 1; tree++) {
                float tall = 0.35f + 0.65f * noise.at(tree, 71 + row);
                float place = tree + 0.25f + 0.5f * noise.at(tree, 91 + row);
                float away = Math.abs(shifted - place);
                float ragged = 1 + 0.5f * (noise.smooth(shifted * 9, row * 3 + 0.5f) - 0.5f);
                highest = Math.max(highest, tall - away * 2.1f * ragged);
            }
        }
        return highest;
    }

    /** How much of a point this ridge hides: 0 above the crest, 1 below it. */
    float cover(int column, float y) {
        return Noise.clamp((y - crest[column]) / pixel * 0.8f + 0.5f);
    }

    /** The ridge's own light at a point, haze left out. */
    void shade(int column, float y, Light out) {
        float x = origin + column * pixel;
        if (shape.trees > 0) {
            wood(x, y, y - crest[column], out);
        } else {
            rock(x, y, column, out);
        }
    }

    private void rock(float x, float y, int column, Light out) {
        float fx = x * shape.frequency * 11;
        float fy = y * shape.frequency * 6.5f;
        float warp = noise.cloudy(fx * 0.6f, fy * 0.6f, 2) - 0.5f;
        float here = noise.ridged(fx + warp, fy + warp, 5);
        float towardsSun = noise.ridged(fx + warp + 0.13f, fy + warp - 0.05f, 4);
        float lit = Noise.clamp(0.36f + 1.5f * (here - towardsSun) + 0.55f * slope(column));
        out.set(ROCK);
        out.mix(ROCK_LIT, lit);
        float snow = Noise.step(
                -0.006f,
                0.006f,
                shape.snow - y + 0.11f * (here - 0.40f) + 0.09f * (noise.cloudy(fx * 1.9f, fy * 1.3f, 3) - 0.5f));
        if (snow > 0) {
            out.red += (Noise.between(SNOW.red, SNOW_LIT.red, lit) - out.red) * snow;
            out.green += (Noise.between(SNOW.green, SNOW_LIT.green, lit) - out.green) * snow;
            out.blue += (Noise.between(SNOW.blue, SNOW_LIT.blue, lit) - out.blue) * snow;
        }
    }

    /** How steeply the crest falls to the right, where the sun is: -1 to 1. */
    private float slope(int column) {
        int reach = Math.max(1, (int) (SLOPE_REACH / pixel));
        int left = Math.max(0, column - reach);
        int right = Math.min(crest.length - 1, column + reach);
        float fall = (crest[right] - crest[left]) / ((right - left) * pixel);
        return Math.max(-1, Math.min(1, fall));
    }

    private void wood(float x, float y, float depth, Light out) {
        float scale = 2.2f / shape.trees;
        float crowns = noise.cloudy(x * scale * 1.6f, y * scale * 0.9f, 4);
        float edge = Noise.clamp(1 - depth / (shape.trees * 0.9f));
        out.set(WOOD);
        out.mix(WOOD_LIT, Noise.clamp(0.55f * edge + 1.9f * (crowns - 0.52f)));
    }

    /** The share of haze in front of this ridge, 0 to 1. */
    float haze() {
        return shape.haze;
    }

    /**
     * A kind of ridge.
     *
     * @param base {@code y} of its foot
     * @param height how far its highest peaks rise
     * @param frequency peaks per picture height
     * @param haze share of haze in front of it
     * @param snow {@code y} down to which snow lies
     * @param trees height of the trees that cover it, 0 for rock
     */
    record Shape(float base, float height, float frequency, float haze, float snow, float trees) {}
}
