// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The {@code --json} option: a {@link TextFile}. */
final class JsonFile implements AutoCloseable {

    private static final ObjectWriter FOR_FILES =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writer();
    /** The encoding of standard output may lack letters of a file's name. */
    private static final ObjectWriter FOR_STANDARD_OUTPUT = FOR_FILES.with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private final TextFile file;
    private final ObjectWriter writer;

    private JsonFile(TextFile file, ObjectWriter writer) {
        this.file = file;
        this.writer = writer;
    }

    static JsonFile at(@Nullable Path place) throws IOException {
        return new JsonFile(TextFile.at(place), FOR_FILES);
    }

    /** As {@link #at(Path)}; {@code -} is standard output. */
    static JsonFile at(@Nullable Path place, PrintWriter standardOutput) throws IOException {
        return StandardStreams.named(place)
                ? new JsonFile(TextFile.at(place, standardOutput), FOR_STANDARD_OUTPUT)
                : at(place);
    }

    void write(Object report) throws IOException {
        String text = writer.writeValueAsString(report) + "\n";
        file.write(() -> text);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
