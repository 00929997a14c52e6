// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.dmabufpool.bench.shoot.Progress;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error, or nothing. */
final class ProgressLine implements Progress, AutoCloseable {

    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final int UPDATE_MILLIS = 100;

    private final @Nullable ProgressBar bar;

    ProgressLine(String task, boolean shown) {
        this.bar = shown
                ? new ProgressBarBuilder()
                        .setTaskName(task)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(UPDATE_MILLIS)
                        .setConsumer(new ConsoleProgressBarConsumer(System.err))
                        .build()
                : null;
    }

    /** Whether errors go to a terminal. */
    static boolean onTerminal() {
        try {
            String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    @Override
    public void at(int step, int steps, String stage) {
        if (bar != null) {
            bar.maxHint(steps);
            bar.stepTo(step);
            bar.setExtraMessage(stage);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
