// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.dmabufpool.bench.trace.LineSource;
import org.dmabufpool.bench.trace.TraceReader;
import org.jspecify.annotations.Nullable;

/** Reads instances in the form that MiniMalloc reads, strictly, and everything else as a trace. */
final class InstanceReader {

    private static final String HEADER = "id,lower,upper,size";
    private static final String ALIGNED_HEADER = HEADER + ",alignment";
    private static final int SIZE = 3;
    private static final int ALIGNMENT = 4;

    private final LineSource lines;
    private final int fields;
    private final Set<String> ids = new LinkedHashSet<>();
    /** Lower, upper, size and alignment of each buffer. */
    private final List<long[]> rows = new ArrayList<>();

    private InstanceReader(LineSource lines, int fields) {
        this.lines = lines;
        this.fields = fields;
    }

    static OfflineProblem read(Path path, long granule) throws IOException {
        try (LineSource lines = LineSource.open(path)) {
            String header = lines.next();
            if (header != null && header.startsWith("id,")) {
                return instance(lines, header, String.valueOf(path.getFileName()));
            }
        }
        return OfflineProblem.of(TraceReader.read(path), granule);
    }

    private static OfflineProblem instance(LineSource lines, String header, String name) throws IOException {
        if (!header.equals(HEADER) && !header.equals(ALIGNED_HEADER)) {
            throw lines.wrong("the first line of an instance is " + HEADER + " or " + ALIGNED_HEADER);
        }
        InstanceReader reader = new InstanceReader(lines, header.equals(HEADER) ? ALIGNMENT : ALIGNMENT + 1);
        for (String line = lines.next(); line != null; line = lines.next()) {
            if (!line.isEmpty()) {
                reader.add(line.split(",", -1));
            }
        }
        if (reader.rows.isEmpty()) {
            throw lines.wrong("the file ends without a single buffer: add lines " + header);
        }
        return reader.problem(name);
    }

    private OfflineProblem problem(String name) {
        OfflineProblem.Lives lives = new OfflineProblem.Lives(List.copyOf(ids), column(0), column(1));
        return OfflineProblem.of(name, lives, column(2), column(SIZE), 1);
    }

    private void add(String[] texts) {
        if (texts.length != fields) {
            throw lines.wrong("a buffer has " + fields + " fields, not " + texts.length + ": "
                    + (fields == ALIGNMENT ? HEADER : ALIGNED_HEADER));
        }
        if (!ids.add(texts[0].strip())) {
            throw lines.wrong("id " + texts[0].strip() + " was there before: give each buffer its own");
        }
        long lower = number("lower", texts[1], Long.MIN_VALUE);
        long upper = number("upper", texts[2], Long.MIN_VALUE);
        if (upper <= lower) {
            throw lines.wrong("upper " + upper + " is not after lower " + lower
                    + ": upper is the first time at which the buffer does not live");
        }
        long alignment = fields > ALIGNMENT ? number("alignment", texts[ALIGNMENT], 1) : 1;
        if (Long.bitCount(alignment) != 1) {
            throw lines.wrong("the alignment " + alignment + " is no power of two: use " + Long.highestOneBit(alignment)
                    + " or twice that");
        }
        rows.add(new long[] {lower, upper, number("size", texts[SIZE], 1), alignment});
    }

    private long number(String what, @Nullable String text, long least) {
        String digits = String.valueOf(text).strip();
        try {
            long value = Long.parseLong(digits);
            if (value >= least) {
                return value;
            }
        } catch (NumberFormatException bad) {
            throw lines.wrong("the " + what + " '" + digits + "' is no whole number up to " + Long.MAX_VALUE);
        }
        throw lines.wrong("the " + what + " " + digits + " is below " + least + ", the least there is");
    }

    private long[] column(int index) {
        return rows.stream().mapToLong(row -> row[index]).toArray();
    }
}
