// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.dmabufpool.bench.shoot.OutputFile;
import org.jspecify.annotations.Nullable;

/** An option that names a text file: checked before any work, written after it; nothing happens where it was not given. */
final class TextFile implements AutoCloseable {

    private final @Nullable OutputFile file;
    private final @Nullable PrintWriter stream;

    private TextFile(@Nullable OutputFile file, @Nullable PrintWriter stream) {
        this.file = file;
        this.stream = stream;
    }

    static TextFile at(@Nullable Path place) throws IOException {
        return new TextFile(place == null ? null : OutputFile.at(place), null);
    }

    /** As {@link #at(Path)}; {@code -} is standard output. */
    static TextFile at(@Nullable Path place, PrintWriter standardOutput) throws IOException {
        return StandardStreams.named(place) ? new TextFile(null, standardOutput) : at(place);
    }

    void write(Supplier<String> text) throws IOException {
        if (stream != null) {
            StandardStreams.write(stream, text.get());
        }
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
