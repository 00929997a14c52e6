// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.dmabufpool.bench.shoot.OutputFile;
import org.jspecify.annotations.Nullable;

/** An option that names a PNG: checked before any work, written after it; nothing happens where it was not given. */
final class PictureFile implements AutoCloseable {

    private static final String FORMAT = "png";

    private final @Nullable OutputFile file;
    private final boolean standardOutput;

    private PictureFile(@Nullable OutputFile file, boolean standardOutput) {
        this.file = file;
        this.standardOutput = standardOutput;
    }

    static PictureFile at(@Nullable Path place) throws IOException {
        return new PictureFile(place == null ? null : OutputFile.at(place), false);
    }

    /** As {@link #at}; {@code -} is standard output. */
    static PictureFile orStandardOutput(@Nullable Path place) throws IOException {
        return StandardStreams.named(place) ? new PictureFile(null, true) : at(place);
    }

    void write(Supplier<BufferedImage> picture) throws IOException {
        if (standardOutput) {
            StandardStreams.write(System.out, encoded(picture.get()));
        }
        if (file != null) {
            file.write(ByteBuffer.wrap(encoded(picture.get())));
            file.commit();
        }
    }

    private static byte[] encoded(BufferedImage picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, FORMAT, bytes);
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
