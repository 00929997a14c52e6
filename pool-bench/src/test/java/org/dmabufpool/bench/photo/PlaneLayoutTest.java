// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PlaneLayoutTest {

    @Test
    void rowsBeginOnMultiplesOfTheAlignment() {
        for (int samples = 1; samples < 300; samples++) {
            PlaneLayout layout = PlaneLayout.aligned(128, samples, 7, 2);
            assertThat(layout.stride() % PlaneLayout.ROW_ALIGNMENT).isZero();
            assertThat(layout.stride() - layout.rowBytes()).isBetween(0, PlaneLayout.ROW_ALIGNMENT - 1);
            assertThat(layout.end()).isEqualTo(128 + 7 * layout.stride());
        }
    }

    @Test
    void samplesLieWhereTheLayoutSaysAndPaddingStaysUntouched() {
        PlaneLayout layout = new PlaneLayout(6, 3, 2, 2, 10);
        ByteBuffer buffer = Buffers.of(40);
        Plane16 plane = new Plane16(buffer, layout);
        plane.write(1, new char[] {1, 2, 0xfffe});
        for (int at = 0; at < 40; at += 2) {
            int expected = switch (at) {
                case 16 -> 1;
                case 18 -> 2;
                case 20 -> 0xfffe;
                default -> 0;
            };
            assertThat((int) buffer.getChar(at)).as("at %d", at).isEqualTo(expected);
        }
    }

    @Test
    void partsOfRowsAreReadWhereTheyWereWritten() {
        Plane16 plane = Buffers.plane(9, 4);
        plane.write(2, 5, new char[] {0, 11, 12, 0}, 1, 2);
        char[] read = new char[4];
        plane.read(2, 4, read, 0, 4);
        assertThat(read).containsExactly((char) 0, (char) 11, (char) 12, (char) 0);
    }

    @Test
    void refusesRowsThatOverlap() {
        assertThatThrownBy(() -> new PlaneLayout(0, 10, 4, 2, 18))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10 samples")
                .hasMessageContaining("18");
    }

    @Test
    void refusesPlanesBeyondTwoGibibytes() {
        assertThatThrownBy(() -> new PlaneLayout(0, 32768, 65536, 1, 32768))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 GiB");
    }

    @Test
    void refusesWhatIsNoPlane() {
        assertThatThrownBy(() -> new PlaneLayout(-1, 1, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PlaneLayout(0, 0, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PlaneLayout(0, 1, 0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PlaneLayout(0, 1, 1, 2, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void planesRefuseSamplesOfAnotherSize() {
        assertThatThrownBy(() -> new Plane16(Buffers.of(64), PlaneLayout.aligned(0, 8, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Plane8(Buffers.of(64), PlaneLayout.aligned(0, 8, 1, 2)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
