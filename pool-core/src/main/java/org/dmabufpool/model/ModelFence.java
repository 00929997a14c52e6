// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import org.dmabufpool.heap.Fence;

/**
 * A device's fence in the model: a test makes it, hands its number on as if it were a sync_file's descriptor, and says when
 * it is signalled. Safe for use by many threads.
 */
public final class ModelFence {

    private final int fd;
    private volatile Fence.State state = Fence.State.PENDING;

    ModelFence(int fd) {
        this.fd = fd;
    }

    /** What stands for the sync_file's descriptor; it means something to the heap that made it only. */
    public int fd() {
        return fd;
    }

    /** The device has done its work. A fence that is not pending stays as it is. */
    public synchronized void signal() {
        end(Fence.State.SIGNALLED);
    }

    /** The device has given up with an error. A fence that is not pending stays as it is. */
    public synchronized void fail() {
        end(Fence.State.FAILED);
    }

    private void end(Fence.State how) {
        if (state == Fence.State.PENDING) {
            state = how;
        }
    }

    boolean isPending() {
        return state == Fence.State.PENDING;
    }

    /** The fence as the pool sees it. */
    Fence adopted() {
        return new Fence() {
            @Override
            public State state() {
                return ModelFence.this.state;
            }

            @Override
            public void close() {}
        };
    }
}
