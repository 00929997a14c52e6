// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The {@code --json} option: a {@link TextFile}. */
final class JsonFile implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final TextFile file;

    private JsonFile(TextFile file) {
        this.file = file;
    }

    static JsonFile at(@Nullable Path place) throws IOException {
        return new JsonFile(TextFile.at(place));
    }

    void write(Object report) throws IOException {
        String text = MAPPER.writeValueAsString(report) + "\n";
        file.write(() -> text);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
