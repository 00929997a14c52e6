// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class JpegTest {

    @Test
    void whatIsReadIsWhatWasEncoded() throws IOException {
        BufferedImage read = read(encode(97, 61, (x, y) -> x < 48 ? 0xc02010 : 0x1060d0));
        assertThat(read.getWidth()).isEqualTo(97);
        assertThat(read.getHeight()).isEqualTo(61);
        assertClose(read.getRGB(20, 30), 0xc02010);
        assertClose(read.getRGB(80, 30), 0x1060d0);
    }

    @Test
    void theWorstNoiseFitsTheRoom() throws IOException {
        Buffers.Sample noise = Buffers.random(3, 1 << 24);
        for (int side : new int[] {16, 64, 333}) {
            assertThat(encode(side, side, (x, y) -> noise.at(x, y) % 2 == 0 ? 0 : 0xffffff))
                    .isNotEmpty();
        }
    }

    @Test
    void tooLittleRoomIsSaid() {
        PlaneLayout layout = PlaneLayout.aligned(0, 3 * 64, 64, 1);
        ByteBuffer picture = Buffers.of(layout.bytes());
        assertThatThrownBy(() -> Jpeg.encode(picture, layout, 0.9f, Buffers.of(100)))
                .isInstanceOf(IOException.class)
                .hasStackTraceContaining("100 bytes");
    }

    private static byte[] encode(int width, int height, Buffers.Sample colour) throws IOException {
        PlaneLayout layout = PlaneLayout.aligned(0, 3 * width, height, 1);
        ByteBuffer picture = Buffers.of(layout.bytes());
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    picture.put(y * layout.stride() + 3 * x + c, (byte) (colour.at(x, y) >> (16 - 8 * c)));
                }
            }
        }
        ByteBuffer target = Buffers.of(Jpeg.room(width, height));
        byte[] jpeg = new byte[Jpeg.encode(picture, layout, 0.95f, target)];
        target.get(0, jpeg);
        return jpeg;
    }

    private static BufferedImage read(byte[] jpeg) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(jpeg));
    }

    private static void assertClose(int rgb, int expected) {
        for (int shift = 0; shift <= 16; shift += 8) {
            int wanted = (expected >> shift) & 0xff;
            assertThat((rgb >> shift) & 0xff).isBetween(wanted - 4, wanted + 4);
        }
    }
}
