// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.doctor;

import java.util.List;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.bench.text.Words;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.linux.DmaHeap;
import org.dmabufpool.linux.LinuxFacts;

/** Asks this machine. */
final class MachineSyncProbe implements SyncProbe {

    @Override
    public boolean partialAnswers(String heap) {
        try (DmaBuf buffer = new DmaHeap(heap).allocate(1)) {
            return LinuxFacts.partialSyncAnswers(buffer.fd());
        }
    }

    @Override
    public String choiceOf(String heap) {
        try (DmaBufPool pool =
                DmaBufPool.builder().heap(new DmaHeap(heap)).capacity(1).build()) {
            PoolStatistics statistics = pool.statistics();
            return Words.of(statistics.syncWay()) + ": " + statistics.syncReason();
        } catch (HeapException refused) {
            return "not known: " + refused.getMessage();
        }
    }

    @Override
    public List<String> vendorDevices() {
        return LinuxFacts.vendorSyncDevices();
    }
}
