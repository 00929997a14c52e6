// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Dumps to try things on. */
public final class Dumps {

    private static final String HEAD = """
            {"format": "dmabuf-pool-dump", "version": 1, "pool": "p", "capacityBytes": 65536, "usedBytes": 20480,
            "requestedBytes": 100, "peakUsedBytes": 32768, "largestFreeBytes": 40960, "openSlices": 2, "allocations": 5,
            "exhausted": 1, "fragmented": 2, "leaks": 0, "syncWay": "WINDOW", "new": {"field": [1]},
            "regions": [
            """;
    private static final String REGIONS = """
            {"state": "slice", "offset": 0, "length": 8192, "requested": 8000, "handle": 1, "tag": "b", "ageMillis": 1, "access": "writing"},
            {"state": "slice", "offset": 8192, "length": 4096, "requested": 4000, "handle": 2, "tag": "", "ageMillis": 90000, "access": "reading"},
            {"state": "quarantined", "offset": 12288, "length": 4096},
            {"state": "passing", "offset": 16384, "length": 4096},
            {"state": "hole", "offset": 20480, "length": 45056}
            """;

    private static final String HEAD_WITH_LOANS = HEAD.replace("\"version\": 1", "\"version\": 2")
            .replace("20480", "28672")
            .replace("40960", "36864")
            .replace(
                    "\"openSlices\"",
                    "\"retiringBytes\": 8192, \"retiringSlices\": 2, \"openOwners\": 3, \"openLoans\": 3,"
                            + " \"loansFailed\": 4, \"openSlices\"");
    private static final String REGIONS_WITH_LOANS = """
            {"state": "slice", "offset": 0, "length": 8192, "requested": 8000, "tag": "b", "ageMillis": 1, "handle": 1, "access": "reading", "owners": 2, "loans": [{"borrower": "encoder", "direction": "READ", "ageMillis": 2000}]},
            {"state": "slice", "offset": 8192, "length": 4096, "requested": 4000, "tag": "", "ageMillis": 90000, "handle": 9223372036854775807, "access": "none", "owners": 1, "loans": []},
            {"state": "retiring", "offset": 12288, "length": 4096, "requested": 4090, "tag": "raw", "ageMillis": 95000, "waitsFor": "loans", "loans": [{"borrower": "camera \\n\\u001b[2J", "direction": "WRITE", "ageMillis": 3}, {"borrower": "gpu", "direction": "READ_WRITE", "ageMillis": 0}]},
            {"state": "retiring", "offset": 16384, "length": 4096, "requested": 1, "tag": "", "ageMillis": 0, "waitsFor": "fences", "loans": []},
            {"state": "quarantined", "offset": 20480, "length": 4096},
            {"state": "passing", "offset": 24576, "length": 4096},
            {"state": "hole", "offset": 28672, "length": 36864}
            """;

    private Dumps() {}

    /** 64 KiB with one region in each state that version 2 has, one line a region. */
    public static String lent() {
        return HEAD_WITH_LOANS + REGIONS_WITH_LOANS + "]}\n";
    }

    /** 64 KiB as version 1 wrote them, with one region in each state, one line a region. */
    public static String small() {
        return HEAD + REGIONS + "]}\n";
    }

    /** The pool of a camera that has just worked: 192 MiB, 86 regions. */
    public static String camera() {
        try (InputStream bytes = Objects.requireNonNull(Dumps.class.getResourceAsStream("camera.json"))) {
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** So many slices of 4096 bytes with holes between them, each with one of so many tags. */
    static PoolMapFile many(int slices, int tags) throws IOException {
        StringBuilder json = new StringBuilder(HEAD.replace("65536", "CAPACITY")
                .replace("20480", Long.toString(4096L * slices))
                .replace("40960", "4096")
                .replace("CAPACITY", Long.toString(8192L * slices)));
        for (int i = 0; i < slices; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"state\": \"slice\", \"offset\": " + 8192L * i
                            + ", \"length\": 4096, \"requested\": 4096, \"handle\": " + i + ", \"tag\": \"tag "
                            + i % tags
                            + "\", \"ageMillis\": 5, \"access\": \"none\"}, {\"state\": \"hole\", \"offset\": "
                            + (8192L * i + 4096) + ", \"length\": 4096}");
        }
        return read(json.append("]}").toString());
    }

    static PoolMapFile read(String json) throws IOException {
        return read(json.getBytes(StandardCharsets.UTF_8));
    }

    static PoolMapFile read(byte[] bytes) throws IOException {
        return DumpReader.read("pool.json", new ByteArrayInputStream(bytes));
    }
}
