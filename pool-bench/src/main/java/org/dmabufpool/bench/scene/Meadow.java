// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

/** The near shore: a dark bank with blades of grass, their tips against the light. */
final class Meadow {

    private static final Light EARTH = new Light(0.012f, 0.013f, 0.009f);
    private static final Light GRASS = new Light(0.030f, 0.038f, 0.014f);
    private static final Light TIP = new Light(0.520f, 0.330f, 0.110f);

    private static final int LAYERS = 5;
    /** Blades per picture height in the farthest layer. */
    private static final float BLADES = 210;

    private static final float SHORTEST = 0.014f;
    private static final float TALLER = 0.050f;
    /** How far below the ground blades begin. */
    private static final float ROOT_DEPTH = 0.012f;

    private final Noise noise;
    private final float pixel;
    private final float aspect;

    Meadow(long seed, float pixel, float aspect) {
        this.noise = new Noise(seed);
        this.pixel = pixel;
        this.aspect = aspect;
    }

    /** The {@code y} above which no blade reaches. */
    float highest() {
        return 0.80f;
    }

    /** Draws the bank over what is there. */
    void over(float x, float y, Light out) {
        float bank = bank(x);
        for (int layer = 0; layer < LAYERS; layer++) {
            float ground = bank + 0.018f * layer;
            float root = ground + ROOT_DEPTH;
            if (y < root && y > root - SHORTEST - TALLER) {
                blades(x, y, root, layer, out);
            }
            float soil = Noise.clamp((y - ground) / pixel * 0.5f);
            if (soil > 0) {
                float clumps = noise.cloudy(x * 60, y * 150, 4);
                out.mix(EARTH, soil);
                out.mix(GRASS, soil * Noise.clamp((clumps - 0.4f) * 2.5f));
            }
        }
    }

    private float bank(float x) {
        float t = x / aspect;
        float valley = 4 * (t - 0.56f) * (t - 0.56f);
        return 0.985f - 0.105f * valley - 0.030f * noise.cloudy(x * 3.1f, 2.5f, 4);
    }

    private void blades(float x, float y, float root, int layer, Light out) {
        float scaled = x * BLADES * (1 - 0.09f * layer) + layer * 0.43f;
        int middle = Noise.floor(scaled);
        for (int blade = middle - 3; blade <= middle + 3; blade++) {
            float tall = SHORTEST + TALLER * noise.at(blade, layer) * noise.at(blade, layer + 40);
            float up = (root - y) / tall;
            if (up > 0 && up < 1) {
                blade(scaled, blade, up, layer, out);
            }
        }
    }

    private void blade(float scaled, int blade, float up, int layer, Light out) {
        float lean = (noise.at(blade, layer + 80) - 0.5f) * 4.2f;
        float place = blade + noise.at(blade, layer + 120) + lean * up * up;
        float half = 0.30f * (1 - up);
        float cover = Noise.clamp((half - Math.abs(scaled - place)) / (BLADES * pixel) + 0.5f);
        if (cover > 0) {
            float lit = up * up * (0.25f + 0.75f * noise.at(blade, layer + 160));
            out.red += (Noise.between(GRASS.red, TIP.red, lit) - out.red) * cover;
            out.green += (Noise.between(GRASS.green, TIP.green, lit) - out.green) * cover;
            out.blue += (Noise.between(GRASS.blue, TIP.blue, lit) - out.blue) * cover;
        }
    }
}
