// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

/** A hot-air balloon: the thing that moves while the camera takes its burst. */
public final class Balloon {

    private static final Light[] STRIPES = {
        new Light(0.780f, 0.075f, 0.050f), new Light(0.900f, 0.560f, 0.090f), new Light(0.840f, 0.780f, 0.660f)
    };
    private static final Light SHADOW = new Light(0.050f, 0.030f, 0.060f);
    private static final Light BASKET = new Light(0.085f, 0.045f, 0.020f);

    private static final float RADIUS = 0.058f;
    private static final float BASKET_DROP = 2.05f;
    private static final float BASKET_HALF = 0.14f;
    private static final int PANELS = 12;

    private final float pixel;

    /** A balloon in a picture whose pixels are {@code pixel} picture heights wide. */
    public Balloon(float pixel) {
        this.pixel = pixel;
    }

    /** How far it reaches from its middle, in picture heights. */
    public static float reach() {
        return RADIUS * (BASKET_DROP + 2 * BASKET_HALF);
    }

    /**
     * Draws one row of the balloon.
     *
     * @param row the row's pixels as {@link SceneImage} packs them
     * @param x0 {@code x} of the row's first pixel, from the balloon's middle
     * @param y the row's {@code y}, from the balloon's middle
     */
    public void over(int[] row, float x0, float y) {
        int from = Math.max(0, (int) ((-RADIUS - x0) / pixel) - 1);
        int to = Math.min(row.length, (int) ((RADIUS - x0) / pixel) + 2);
        Light light = new Light();
        for (int i = from; i < to; i++) {
            float dx = (x0 + i * pixel) / RADIUS;
            float cover = colour(dx, y / RADIUS, light);
            if (cover > 0) {
                row[i] = blend(row[i], SceneImage.pack(light.red, light.green, light.blue), cover);
            }
        }
    }

    /** Light and cover at a point in units of the radius. */
    private float colour(float dx, float dy, Light out) {
        float soft = RADIUS / pixel;
        float half = halfWidth(dy);
        float envelope = Noise.clamp((half - Math.abs(dx)) * soft + 0.5f);
        if (envelope > 0) {
            silk(dx / Math.max(half, 1e-3f), dy, out);
            return envelope;
        }
        float basket = Math.max(Math.abs(dx) / BASKET_HALF, Math.abs(dy - BASKET_DROP) / BASKET_HALF);
        float rope = Math.abs(Math.abs(dx) - Noise.between(0.25f, BASKET_HALF * 0.9f, (dy - 1.45f) / 0.5f));
        out.set(BASKET);
        float ropes = dy > 1.4f && dy < BASKET_DROP ? Noise.clamp((0.012f - rope) * soft + 0.5f) : 0;
        return Math.max(ropes, Noise.clamp((1 - basket) * BASKET_HALF * soft + 0.5f));
    }

    /** Half the envelope's width: a ball above, a cone that narrows to the mouth below; negative outside. */
    private static float halfWidth(float dy) {
        if (dy < 0.55f) {
            return dy < -1 ? -1 : (float) Math.sqrt(1 - dy * dy);
        }
        return dy < 1.45f ? 0.835f - (dy - 0.55f) * 0.66f : -1;
    }

    private static void silk(float across, float dy, Light out) {
        float turn = across * (1 + 0.22f * across * across) / 1.22f;
        int panel = Noise.floor((turn + 1) * PANELS / 2);
        out.set(STRIPES[Math.floorMod(panel, STRIPES.length)]);
        float toLight = Noise.clamp(0.62f + 0.48f * across - 0.18f * dy);
        out.mix(SHADOW, 0.85f * (1 - toLight));
        float seam = (turn + 1) * PANELS / 2 - panel;
        out.scale(0.80f + 0.20f * Noise.step(0, 0.14f, Math.min(seam, 1 - seam)));
    }

    private static int blend(int below, int above, float cover) {
        int red = blend(below, above, cover, SceneImage.RED_SHIFT);
        int green = blend(below, above, cover, SceneImage.GREEN_SHIFT);
        return red | green | blend(below, above, cover, SceneImage.BLUE_SHIFT);
    }

    private static int blend(int below, int above, float cover, int shift) {
        int from = (below >> shift) & SceneImage.FULL;
        int to = (above >> shift) & SceneImage.FULL;
        return (int) (Noise.between(from, to, cover) + 0.5f) << shift;
    }
}
