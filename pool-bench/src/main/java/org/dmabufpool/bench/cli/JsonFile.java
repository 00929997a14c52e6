// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.dmabufpool.bench.shoot.OutputFile;
import org.jspecify.annotations.Nullable;

/** The {@code --json} option: checked before any work, written after it; nothing happens where it was not given. */
final class JsonFile implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final @Nullable OutputFile file;

    private JsonFile(@Nullable OutputFile file) {
        this.file = file;
    }

    static JsonFile at(@Nullable Path place) throws IOException {
        return new JsonFile(place == null ? null : OutputFile.at(place));
    }

    void write(Object report) throws IOException {
        if (file != null) {
            String text = MAPPER.writeValueAsString(report) + "\n";
            file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
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
