// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.util.Locale;
import org.dmabufpool.heap.SyncWay;

/** How values are said to people. */
public final class Words {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final double UNIT = 1024;

    private Words() {}

    /** Bytes with a unit, such as {@code 12.5 MiB}. */
    public static String ofBytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (Math.abs(value) >= UNIT && unit < UNITS.length - 1) {
            value /= UNIT;
            unit++;
        }
        String format = value == Math.rint(value) ? "%.0f %s" : "%.1f %s";
        return String.format(Locale.ROOT, format, value, UNITS[unit]);
    }

    /** A way to sync, as the command line names it. */
    public static String of(SyncWay way) {
        return way.name().toLowerCase(Locale.ROOT);
    }
}
