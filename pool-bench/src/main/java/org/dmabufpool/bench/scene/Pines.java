// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

/** Tall pines close to the camera, dark against the light, each needle-fine at its edge. */
final class Pines {

    private static final Light BARK = new Light(0.030f, 0.019f, 0.013f);
    private static final Light NEEDLES = new Light(0.009f, 0.015f, 0.012f);
    private static final Light RIM = new Light(0.300f, 0.165f, 0.055f);

    private static final float WHORL = 0.021f;

    private final Noise noise;
    private final float pixel;
    private final Pine[] pines;

    Pines(long seed, float pixel, Pine... pines) {
        this.noise = new Noise(seed);
        this.pixel = pixel;
        this.pines = pines.clone();
    }

    /** Whether a pine may reach a point. */
    boolean near(float x, float y) {
        for (Pine pine : pines) {
            if (pine.near(x, y)) {
                return true;
            }
        }
        return false;
    }

    /** Draws the pines over what is there. */
    void over(float x, float y, Light out) {
        for (Pine pine : pines) {
            if (pine.near(x, y)) {
                over(pine, x, y, out);
            }
        }
    }

    private void over(Pine pine, float x, float y, Light out) {
        float down = (y - pine.top) / (pine.foot - pine.top);
        float away = Math.abs(x - pine.x);
        float side = x > pine.x ? 1 : -1;
        float trunk = 0.0015f + 0.0075f * down;
        float trunkCover = Noise.clamp((trunk - away) / pixel + 0.5f);
        float branchCover = away > 1.3f * reach(pine, down) ? 0 : branches(pine, x, y, down, away, side);
        if (branchCover > 0) {
            float rim = Noise.step(0.25f, 1.0f, away / reach(pine, down)) * (side > 0 ? 1 : 0.35f);
            float tuft = noise.cloudy(x * 260, y * 260, 2);
            float lit = Noise.clamp(rim * (tuft - 0.35f) * 1.7f);
            out.red += (Noise.between(NEEDLES.red, RIM.red, lit) - out.red) * branchCover;
            out.green += (Noise.between(NEEDLES.green, RIM.green, lit) - out.green) * branchCover;
            out.blue += (Noise.between(NEEDLES.blue, RIM.blue, lit) - out.blue) * branchCover;
        }
        out.mix(BARK, trunkCover * (1 - branchCover));
    }

    private float reach(Pine pine, float down) {
        return pine.spread * (0.05f + 0.95f * down) * (down > 0.93f ? (1 - down) / 0.07f : 1);
    }

    /** Whorls of drooping branches, ragged with needles. */
    private float branches(Pine pine, float x, float y, float down, float away, float side) {
        float drooped = y - away * (0.30f + 0.35f * down);
        float phase = drooped / WHORL + side * 0.31f + pine.x * 37;
        int whorl = Noise.floor(phase);
        float within = phase - whorl;
        int key = whorl * 2 + (side > 0 ? 1 : 0);
        float length = reach(pine, down) * (0.45f + 0.55f * noise.at(key, (int) (pine.x * 1000)));
        float thick = (1 - away / Math.max(length, 1e-4f)) * 0.62f + 0.16f;
        float needles = noise.cloudy(x * 420, y * 420, 3) - 0.5f;
        float inside = thick + 0.75f * needles - Math.abs(within - 0.45f) * 1.15f;
        float end = (length * (1 + 0.35f * needles) - away) / pixel;
        return Noise.clamp(inside * WHORL / pixel * 0.9f + 0.5f) * Noise.clamp(end * 0.5f + 0.5f);
    }

    /**
     * One pine.
     *
     * @param x where it stands
     * @param top {@code y} of its tip
     * @param foot {@code y} of its foot
     * @param spread length of its longest branches
     */
    record Pine(float x, float top, float foot, float spread) {
        boolean near(float pointX, float pointY) {
            return pointY > top && pointY < foot && Math.abs(pointX - x) < spread;
        }
    }
}
