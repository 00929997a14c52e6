// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.OptionalLong;

/** Values picked out of the texts of {@code /proc}. */
final class ProcFiles {

    private static final String OPEN_FILES = "Max open files";
    private static final int HARD_COLUMN = 1;

    private ProcFiles() {}

    /** The soft limit on open files in the text of {@code /proc/self/limits}: a number, or {@code unlimited}. */
    static String openFilesLimit(String limits) {
        return openFilesColumns(limits)[0];
    }

    /** The hard limit on open files in the text of {@code /proc/self/limits}. */
    static String openFilesHardLimit(String limits) {
        return openFilesColumns(limits)[HARD_COLUMN];
    }

    private static String[] openFilesColumns(String limits) {
        for (String line : limits.split("\n")) {
            if (line.startsWith(OPEN_FILES)) {
                return line.substring(OPEN_FILES.length()).trim().split(" +");
            }
        }
        return new String[] {"unknown", "unknown"};
    }

    /** A number of {@code /proc/meminfo} in bytes. */
    static OptionalLong meminfoBytes(String meminfo, String key) {
        String value = valueAfter(meminfo, key + ":");
        if (!value.endsWith(" kB")) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(value.substring(0, value.indexOf(' '))) * 1024);
    }

    /** What stands behind a key at a line's begin, without blanks around it; empty where there is no such line. */
    static String valueAfter(String text, String key) {
        for (String line : text.split("\n")) {
            if (line.startsWith(key)) {
                return line.substring(key.length()).trim();
            }
        }
        return "";
    }
}
