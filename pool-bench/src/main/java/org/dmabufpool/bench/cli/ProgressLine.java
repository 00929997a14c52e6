// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.dmabufpool.bench.shoot.Progress;
import org.jspecify.annotations.Nullable;

/** A progress bar on a terminal, or nothing. */
final class ProgressLine implements Progress, AutoCloseable {

    private static final int UPDATE_MILLIS = 100;

    private final @Nullable ProgressBar bar;

    ProgressLine(boolean shown, PrintStream terminal) {
        this.bar = shown
                ? new ProgressBarBuilder()
                        .setTaskName("shoot")
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(UPDATE_MILLIS)
                        .setConsumer(new ConsoleProgressBarConsumer(terminal))
                        .build()
                : null;
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
