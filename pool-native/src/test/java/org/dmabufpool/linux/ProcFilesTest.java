// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcFilesTest {

    @Test
    void limits() {
        String limits = "Limit                     Soft Limit           Hard Limit           Units     \n"
                + "Max processes             95                   96                   processes \n"
                + "Max open files            1024                 unlimited            files     \n";
        assertThat(ProcFiles.openFilesLimit(limits)).isEqualTo("1024");
        assertThat(ProcFiles.openFilesHardLimit(limits)).isEqualTo("unlimited");
        assertThat(ProcFiles.openFilesLimit("")).isEqualTo("unknown");
    }

    @Test
    void meminfo() {
        String meminfo = "MemTotal:       24000000 kB\nMemAvailable:   12 kB\nHugePages_Total:       3\n";
        assertThat(ProcFiles.meminfoBytes(meminfo, "MemAvailable")).hasValue(12288);
        assertThat(ProcFiles.meminfoBytes(meminfo, "HugePages_Total")).isEmpty();
        assertThat(ProcFiles.meminfoBytes(meminfo, "MemLost")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"64, 128, 128", "64, 64, 64", "32, , 32", ", , 128", "0, 96, 128", "x, -64, 128"})
    void theLongestCacheLineCounts(String first, String second, int expected) {
        Syscalls syscalls = new ForwardingSyscalls() {
            @Override
            public List<String> list(String directory) {
                return List.of("index0", "index1", "power");
            }

            @Override
            public String readText(String path) throws IOException {
                String line = path.contains("index0") ? first : second;
                if (line == null || path.contains("power")) {
                    throw new FileNotFoundException(path);
                }
                return line + "\n";
            }
        };
        CacheLine line = CacheLine.of(syscalls);
        assertThat(line.bytes()).isEqualTo(expected);
        assertThat(line.source()).isNotEmpty();
    }
}
