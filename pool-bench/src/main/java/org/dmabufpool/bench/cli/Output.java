// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.dmabufpool.bench.shoot.OutputFile;
import org.jspecify.annotations.Nullable;

/** One of a command's {@link Outputs}: nothing happens where its option was not given. */
final class Output {

    /** Made when it is needed: most calls write no JSON. */
    private static final class Json {
        private static final ObjectWriter FOR_FILES =
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writer();
        /** The encoding of standard output may lack letters of a file's name. */
        private static final ObjectWriter FOR_STANDARD_OUTPUT = FOR_FILES.with(JsonWriteFeature.ESCAPE_NON_ASCII);
    }

    /** Makes what is to be written. */
    interface Bytes {
        byte[] make() throws IOException;
    }

    private final @Nullable OutputFile file;
    /** Where text goes instead, as it has an encoding of its own. */
    private final @Nullable PrintWriter standardOutput;

    Output(@Nullable OutputFile file, @Nullable PrintWriter standardOutput) {
        this.file = file;
        this.standardOutput = standardOutput;
    }

    void json(Object report) throws IOException {
        if (file != null) {
            ObjectWriter writer = standardOutput == null ? Json.FOR_FILES : Json.FOR_STANDARD_OUTPUT;
            String text = writer.writeValueAsString(report) + "\n";
            text(() -> text);
        }
    }

    void text(Supplier<String> text) throws IOException {
        if (standardOutput != null) {
            StandardStreams.write(standardOutput, text.get());
        } else if (file != null) {
            file.write(ByteBuffer.wrap(text.get().getBytes(StandardCharsets.UTF_8)));
        }
    }

    void bytes(Bytes bytes) throws IOException {
        if (file != null) {
            file.write(ByteBuffer.wrap(bytes.make()));
        }
    }
}
