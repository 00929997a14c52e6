// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.DmaBufPool;
import org.dmabufpool.heap.SyncWay;

/** The pools of docs/choosing.md, which shows each method's body. */
final class ChoosingExamples {

    private ChoosingExamples() {}

    static DmaBufPool.Builder laptop() {
        return DmaBufPool.builder().heap(new MemfdHeap()).capacity(256L << 20);
    }

    static DmaBufPool.Builder camera() {
        return DmaBufPool.builder().heap(new UdmabufHeap()).capacity(256L << 20);
    }

    static DmaBufPool.Builder phone(String lwisDevice) {
        return DmaBufPool.builder()
                .heap(new DmaHeap("system").vendorSync(new LwisSync(lwisDevice)))
                .capacity(512L << 20)
                .budget("still", 150L << 20, 300L << 20)
                .budget("preview", 0, 100L << 20);
    }

    static DmaBufPool.Builder rockchip() {
        return DmaBufPool.builder()
                .heap(new DmaHeap("system").trustPartialSync("system"))
                .capacity(256L << 20);
    }

    static DmaBufPool.Builder withoutIommu() {
        return DmaBufPool.builder().heap(new DmaHeap("linux,cma")).capacity(64L << 20);
    }

    static DmaBufPool.Builder coherent() {
        return DmaBufPool.builder()
                .heap(new DmaHeap("system"))
                .sync(SyncWay.NONE)
                .capacity(256L << 20);
    }
}
