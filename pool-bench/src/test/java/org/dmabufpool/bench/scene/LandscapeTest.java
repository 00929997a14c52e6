// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LandscapeTest {

    @Test
    void theSameSeedLooksTheSameAtEverySize() {
        SceneImage small = new Landscape(200, 150, 4, 1).paint();
        SceneImage large = new Landscape(400, 300, 4, 1).paint();
        long difference = 0;
        int[] smallRow = new int[200];
        int[] largeRow = new int[400];
        for (int y = 0; y < 150; y++) {
            small.read(y + 4, 4, smallRow, 200);
            large.read(2 * y + 4, 4, largeRow, 400);
            for (int x = 0; x < 200; x++) {
                difference += Math.abs(green(smallRow[x]) - green(largeRow[2 * x]));
            }
        }
        assertThat(difference / (200.0 * 150)).isLessThan(SceneImage.FULL * 0.03);
    }

    @Test
    void theSceneReachesBeyondThePictureByItsMargin() {
        SceneImage image = new Landscape(64, 48, 5, 2).paint();
        assertThat(image.width()).isEqualTo(74);
        assertThat(image.height()).isEqualTo(58);
    }

    private static int green(int pixel) {
        return (pixel >> SceneImage.GREEN_SHIFT) & SceneImage.FULL;
    }

    @Test
    void packedLightComesBack() {
        for (int code = 0; code <= SceneImage.FULL; code++) {
            float light = (float) SceneImage.light(code);
            assertThat(green(SceneImage.pack(0, light, 0))).isEqualTo(code);
        }
        assertThat(SceneImage.pack(2, 2, 2)).isEqualTo(SceneImage.pack(1, 1, 1));
        assertThat(SceneImage.pack(-1, -1, -1)).isZero();
    }

    @Test
    void theBalloonStaysWithinItsReach() {
        Balloon balloon = new Balloon(1f / 300);
        int[] row = new int[300];
        for (int y = -300; y <= 300; y++) {
            Arrays.fill(row, 1);
            balloon.over(row, -0.5f, y / 300f);
            boolean touched = Arrays.stream(row).anyMatch(pixel -> pixel != 1);
            assertThat(!touched || Math.abs(y / 300f) < Balloon.reach())
                    .as("row %d", y)
                    .isTrue();
        }
    }
}
