// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.util.List;
import org.dmabufpool.bench.trace.CameraSizes;

/** Names who holds a part of a trace that has no tag. */
public interface Holders {

    /** What a camera's buffers of that size are for. */
    Holders CAMERA = CameraSizes::holder;

    /** For traces of which nothing is known: the range that the size is in. */
    Holders BY_SIZE = SizeRange::labelOf;

    /** The tag of a part of so many bytes. */
    String of(long bytes);

    /** Ranges of sizes that are few enough for a colour each. */
    record SizeRange(long upTo, String label) {

        private static final List<SizeRange> ALL = List.of(
                new SizeRange(4L << 10, "up to 4 KiB"),
                new SizeRange(64L << 10, "up to 64 KiB"),
                new SizeRange(1L << 20, "up to 1 MiB"),
                new SizeRange(16L << 20, "up to 16 MiB"),
                new SizeRange(Long.MAX_VALUE, "above 16 MiB"));

        private static String labelOf(long bytes) {
            return ALL.stream().filter(range -> bytes <= range.upTo).findFirst().orElseThrow().label;
        }
    }
}
