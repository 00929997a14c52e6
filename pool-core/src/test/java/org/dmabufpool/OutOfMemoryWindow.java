// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.oom.AllocationPoints;
import org.dmabufpool.sync.SyncPlanner;

/**
 * A slice begins where an idle window is, under a number that the ledger has no record for yet, and memory ends at one point of
 * that. Loaded by a loader that instruments the core.
 */
public final class OutOfMemoryWindow {

    private static final long LENGTH = 4096;
    private static final long PLACE = 1;
    /** The same bytes under a number that lies in another segment of the ledger. */
    private static final long SAME_BYTES = PLACE + 5 * SlotTable.SEGMENT;

    private OutOfMemoryWindow() {}

    /**
     * Prepares the place, and the memory ends at that point.
     *
     * @return "none" if the call has fewer points, "ok" if no window was lost, or what was wrong
     */
    public static String prepare(int point) {
        try (DmaBuf buffer = ModelHeap.supporting(SyncWay.WINDOW).allocate(1 << 20)) {
            PoolObservers observers = new PoolObservers(List.of());
            SyncPlanner planner =
                    SyncPlanner.choose(buffer, null, Duration.ofSeconds(1), false, observers.ofSync("windows"));
            PoolCore core = new PoolCore("windows", buffer, planner, samePlace(), observers, false, TraceWriter.NONE);
            SliceWindows windows = new SliceWindows(core);
            planner.giveBackWindow(windows.window(core.ledger.open(PLACE, "first", 0), null));
            core.ledger.open(SAME_BYTES, "second", 0);

            AllocationPoints.failAfter(point, false);
            try {
                windows.prepare(SAME_BYTES);
                return "none";
            } catch (OutOfMemoryError e) {
                AllocationPoints.failNoMore();
                planner.closeIdleWindows();
                return planner.openWindows() == 0 ? "ok" : "the window is neither idle nor the place's";
            } finally {
                AllocationPoints.failNoMore();
                planner.close();
            }
        }
    }

    /** Says of every number that it stands for the first page. */
    private static OffsetAllocator samePlace() {
        return (OffsetAllocator) Proxy.newProxyInstance(
                OutOfMemoryWindow.class.getClassLoader(),
                new Class<?>[] {OffsetAllocator.class},
                (proxy, method, arguments) -> method.getName().equals("reserved") ? LENGTH : 0L);
    }
}
