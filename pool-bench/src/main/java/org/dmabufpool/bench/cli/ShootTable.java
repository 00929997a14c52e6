// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.dmabufpool.bench.shoot.ShootReport;
import org.dmabufpool.bench.shoot.StageTime;
import org.dmabufpool.bench.text.Words;

/** Prints a {@link ShootReport} for people. */
final class ShootTable {

    private static final String MODEL = "model";
    private static final double PERCENT = 100;

    private ShootTable() {}

    static void print(ShootReport report, PrintWriter out) {
        row(
                out,
                "camera",
                report.frames() + (report.frames() == 1 ? " frame of " : " frames of ") + report.width() + "x"
                        + report.height() + ", " + report.camera());
        row(out, "heap", report.heap() + " (" + report.heapReason() + ")");
        row(out, "sync", report.sync() + " (" + report.syncReason() + ")");
        out.println();
        for (StageTime stage : report.stages()) {
            time(out, stage.name(), stage.millis());
        }
        time(out, "total", report.totalMillis());
        out.println();
        row(out, "buffers", buffers(report));
        row(
                out,
                "pool",
                Words.bytes(report.peakLiveBytes()) + " live at most, of " + Words.bytes(report.capacityBytes()) + "; "
                        + report.slices() + " slices handed out");
        row(out, "synced", synced(report));
        row(out, "picture", report.picture() + " (" + Words.bytes(report.pictureBytes()) + ")");
        out.flush();
    }

    private static String buffers(ShootReport report) {
        double share = PERCENT * report.bufferMillis() / report.totalMillis();
        return String.format(
                Locale.ROOT,
                "%.1f ms in allocate, release and sync, %.1f %% of the whole%s",
                report.bufferMillis(),
                share,
                report.heap().equals(MODEL)
                        ? "; nearly all of it is the model, which watches every byte (--heap memfd has none)"
                        : "");
    }

    private static String synced(ShootReport report) {
        return Words.bytes(report.bytesSynced()) + "; syncing the whole buffer each time would have touched "
                + Words.bytes(report.bytesWholeBuffer());
    }

    private static void row(PrintWriter out, String name, String value) {
        out.printf(Locale.ROOT, "%-9s %s%n", name, value);
    }

    private static void time(PrintWriter out, String name, double millis) {
        out.printf(Locale.ROOT, "%-9s %9.1f ms%n", name, millis);
    }
}
