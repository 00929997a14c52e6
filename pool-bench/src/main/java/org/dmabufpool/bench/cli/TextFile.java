// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.dmabufpool.bench.shoot.OutputFile;
import org.jspecify.annotations.Nullable;

/** An option that names a text file: checked before any work, written after it; nothing happens where it was not given. */
final class TextFile implements AutoCloseable {

    private final @Nullable OutputFile file;

    private TextFile(@Nullable OutputFile file) {
        this.file = file;
    }

    static TextFile at(@Nullable Path place) throws IOException {
        return new TextFile(place == null ? null : OutputFile.at(place));
    }

    void write(Supplier<String> text) throws IOException {
        if (file != null) {
            file.write(ByteBuffer.wrap(text.get().getBytes(StandardCharsets.UTF_8)));
            file.commit();
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
