// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.model.Violation.Kind;

/** What devices have begun and not finished. Guarded by the memory's monitor. */
final class Transfers {

    private final ViolationLog log;
    private final List<ModelTransfer> running = new ArrayList<>();

    Transfers(ViolationLog log) {
        this.log = log;
    }

    void begun(ModelTransfer transfer) {
        running.add(transfer);
    }

    void finished(ModelTransfer transfer) {
        running.remove(transfer);
    }

    /** Reports a loan that ended while a device was at work. */
    void checkLoanEnd(Range range) {
        for (ModelTransfer transfer : running) {
            if (transfer.range().overlaps(range)) {
                log.report(Kind.LOAN_ENDED_EARLY, range.lines(), "the loan ended before the end of: " + transfer);
            }
        }
    }

    /** Reports an access that starts while a device is at work on the same bytes. */
    void check(Direction direction, Range range) {
        for (ModelTransfer transfer : running) {
            if (!transfer.range().overlaps(range)) {
                continue;
            }
            String what = "START " + direction + " of " + range + " came before the end of: " + transfer;
            if (transfer.writes()) {
                log.report(direction.writes() ? Kind.DEVICE_WRITE_LOST : Kind.CPU_READ_STALE, range.lines(), what);
            } else if (direction.writes()) {
                log.report(Kind.DEVICE_READ_STALE, range.lines(), what);
            }
        }
    }
}
