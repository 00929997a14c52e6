// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AlignerTest {

    private static final int WIDTH = 200;
    private static final int HEIGHT = 160;

    @Property(tries = 60)
    void findsEveryShift(@ForAll @IntRange(min = -11, max = 11) int dx, @ForAll @IntRange(min = -11, max = 11) int dy) {
        assertThat(align((x, y) -> scene(x - dx, y - dy))).isEqualTo(new Shift(dx, dy));
    }

    @Property(tries = 30)
    void findsTheShiftInNoiseAndThoughSomethingMoves(
            @ForAll @IntRange(min = -9, max = 9) int dx, @ForAll @IntRange(min = -9, max = 9) int dy) {
        Buffers.Sample noise = Buffers.random(dx * 100L + dy, 6000);
        Shift found = align((x, y) -> x > 120 && y < 60 ? 60000 : scene(x - dx, y - dy) + noise.at(x, y));
        assertThat(found).isEqualTo(new Shift(dx, dy));
    }

    @Test
    void nothingToSeeIsNoShift() {
        Plane16 flat = Buffers.plane(64, 64);
        assertThat(Aligner.refine(flat, flat, Shift.NONE, 4)).isEqualTo(Shift.NONE);
    }

    @Test
    void costCountsTheOverlapOnly() {
        Plane16 left = Buffers.plane(40, 40);
        Plane16 right = Buffers.plane(40, 40);
        Buffers.fill(left, (x, y) -> 100 + 10 * x + y);
        Buffers.fill(right, (x, y) -> 100 + 10 * (x - 3) + y - 2);
        assertThat(Aligner.cost(left, right, new Shift(3, 2))).isZero();
        assertThat(Aligner.cost(left, right, new Shift(3, 1))).isEqualTo(256);
        assertThat(Aligner.cost(left, right, new Shift(25, 0))).isEqualTo(Long.MAX_VALUE);
    }

    /** Hills of several sizes, smooth enough for small levels to show them. */
    private static int scene(int x, int y) {
        double value = Math.sin(x * 0.11) * Math.cos(y * 0.13)
                + Math.sin(x * 0.031 + y * 0.043)
                + Math.sin((x * x + y * y) * 0.0011)
                + 0.5 * Math.sin(x * 0.7 + y * 0.5);
        return (int) (28000 + 7000 * value);
    }

    private static Shift align(Buffers.Sample moved) {
        RgbLayout.Planes reference = Buffers.picture(WIDTH, HEIGHT);
        RgbLayout.Planes picture = Buffers.picture(WIDTH, HEIGHT);
        Buffers.fill(reference, AlignerTest::scene);
        Buffers.fill(picture, moved);
        List<Plane16> referenceLevels = Buffers.levels(WIDTH, HEIGHT);
        List<Plane16> pictureLevels = Buffers.levels(WIDTH, HEIGHT);
        LumaPyramid.build(reference, referenceLevels);
        LumaPyramid.build(picture, pictureLevels);
        return Aligner.align(reference.green(), referenceLevels, picture.green(), pictureLevels);
    }
}
