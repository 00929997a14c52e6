// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Writes the text format that {@link TraceReader} reads. */
public final class TraceText {

    private TraceText() {}

    /**
     * Writes a trace; a part's number is its id.
     *
     * @param packed whether gzip is to pack it
     */
    public static void write(Trace trace, OutputStream out, boolean packed) throws IOException {
        try (Writer text = new BufferedWriter(
                new OutputStreamWriter(packed ? new GZIPOutputStream(out) : out, StandardCharsets.UTF_8))) {
            text.write("# " + trace.name() + "\n");
            for (int i = 0; i < trace.length(); i++) {
                text.write(line(trace, i));
            }
        }
    }

    private static String line(Trace trace, int operation) {
        int part = trace.part(operation);
        if (!trace.allocates(operation)) {
            return "f," + part + "\n";
        }
        long alignment = trace.alignment(part);
        String tag = trace.tag(part);
        return "a," + part + "," + trace.size(part) + (alignment > 1 ? "," + alignment : "") + "\n"
                + (tag.isEmpty() ? "" : "t," + part + "," + TraceEscapes.encode(tag) + "\n");
    }
}
