// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.heap.Window;

/** A dma-buf of numbers only, which writes down every call, and refuses when told to. */
final class RecordingBuffer implements DmaBuf {

    static final long SIZE = 1 << 20;

    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final List<Integer> openWindows = Collections.synchronizedList(new ArrayList<>());
    volatile boolean refusing;
    long limit = SIZE;
    private final Set<SyncWay> ways;
    private int windowsMade;
    private int callsToRefusal = -1;

    RecordingBuffer(SyncWay... ways) {
        this.ways = EnumSet.noneOf(SyncWay.class);
        Collections.addAll(this.ways, ways);
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public String exporter() {
        return "recording";
    }

    @Override
    public long size() {
        return SIZE;
    }

    @Override
    public int pageSize() {
        return 4096;
    }

    @Override
    public int fd() {
        return -1;
    }

    @Override
    public ByteBuffer view(long offset, int length) {
        throw new UnsupportedOperationException("numbers only");
    }

    @Override
    public SyncSupport support(SyncWay way) {
        return ways.contains(way) ? SyncSupport.yes(way, "told so") : SyncSupport.no(way, "told not to " + way);
    }

    @Override
    public void syncWhole(SyncPhase phase, Direction direction) {
        call(phase + " " + direction);
    }

    @Override
    public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
        call(phase + " " + direction + " " + offset + "+" + length);
    }

    @Override
    public Window openWindow(long offset, long length) {
        if (refusing) {
            throw new HeapException("refused", 24);
        }
        int number = windowsMade++;
        openWindows.add(number);
        return new Window() {
            @Override
            public long offset() {
                return offset;
            }

            @Override
            public long length() {
                return length;
            }

            @Override
            public int fd() {
                return number;
            }

            @Override
            public void sync(SyncPhase phase, Direction direction) {
                call(phase + " " + direction + " window " + number);
            }

            @Override
            public void close() {
                openWindows.remove((Integer) number);
            }
        };
    }

    @Override
    public long rangeSyncLimit() {
        return limit;
    }

    @Override
    public long restarts() {
        return 0;
    }

    @Override
    public void close() {}

    /** Refuses one call, the n-th from now on. */
    void refuseCall(int n) {
        callsToRefusal = n;
    }

    private void call(String call) {
        if (refusing || callsToRefusal-- == 0) {
            throw new HeapException("refused", 5);
        }
        calls.add(call);
    }
}
