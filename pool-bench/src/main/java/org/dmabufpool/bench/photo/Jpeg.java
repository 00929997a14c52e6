// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** JPEG through ImageIO, from one buffer into another: the picture is never copied to the heap as a whole. */
public final class Jpeg {

    private static final int RED = 0;
    private static final int GREEN = 1;
    private static final int BLUE = 2;
    /** Room for tables and markers, in bytes. */
    private static final int HEADER = 1 << 16;

    private Jpeg() {}

    /** Bytes that hold a picture's JPEG, however noisy it is: a third of a noisy picture's samples would do. */
    public static long room(int width, int height) {
        return HEADER + (long) ScreenPyramid.COLOURS * width * height;
    }

    /**
     * Encodes a picture.
     *
     * @param picture holds the picture
     * @param layout where it lies: red, green and blue bytes in turn
     * @param quality 0 (small) to 1 (good)
     * @param target takes the JPEG from its first byte on
     * @return how many bytes the JPEG has
     * @throws IOException if {@code target} is too small; see {@link #room}
     */
    public static int encode(ByteBuffer picture, PlaneLayout layout, float quality, ByteBuffer target)
            throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (BufferImageStream stream = new BufferImageStream(target)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(quality);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image(picture, layout), null, null), settings);
            return Math.toIntExact(stream.length());
        } finally {
            writer.dispose();
        }
    }

    private static BufferedImage image(ByteBuffer picture, PlaneLayout layout) {
        int width = layout.samples() / ScreenPyramid.COLOURS;
        PixelInterleavedSampleModel model = new PixelInterleavedSampleModel(
                DataBuffer.TYPE_BYTE, width, layout.rows(), ScreenPyramid.COLOURS, layout.stride(), new int[] {
                    RED, GREEN, BLUE
                });
        WritableRaster raster = Raster.createWritableRaster(model, new Bytes(layout.cut(picture)), null);
        ColorModel colours = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, ColorModel.OPAQUE, DataBuffer.TYPE_BYTE);
        return new BufferedImage(colours, raster, false, null);
    }

    /** Shows a buffer to Java's image classes. */
    private static final class Bytes extends DataBuffer {
        private final ByteBuffer bytes;

        Bytes(ByteBuffer bytes) {
            super(TYPE_BYTE, bytes.capacity());
            this.bytes = bytes;
        }

        @Override
        public int getElem(int bank, int index) {
            return bytes.get(index) & 0xff;
        }

        @Override
        public void setElem(int bank, int index, int value) {
            bytes.put(index, (byte) value);
        }
    }
}
