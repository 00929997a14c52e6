// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.dmabufpool.bench.text.Words;
import org.dmabufpool.heap.SyncWay;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How caches are to be kept coherent.
 *
 * @param way the way; null for the best whose support is established
 */
record SyncChoice(@Nullable SyncWay way) {

    static final String AUTO = "auto";

    /** Lets picocli read it. */
    static final class Converter implements ITypeConverter<SyncChoice> {
        @Override
        public SyncChoice convert(String text) {
            if (text.equals(AUTO)) {
                return new SyncChoice(null);
            }
            return Arrays.stream(SyncWay.values())
                    .filter(way -> Words.of(way).equals(text))
                    .map(SyncChoice::new)
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is no way to sync; there are: "
                            + AUTO + ", "
                            + Arrays.stream(SyncWay.values()).map(Words::of).collect(Collectors.joining(", "))));
        }
    }
}
