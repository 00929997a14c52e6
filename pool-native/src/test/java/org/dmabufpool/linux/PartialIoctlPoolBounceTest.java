// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.PoolContract;
import org.dmabufpool.heap.Heap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The pool's contract over partial sync and DMA that bounces: whatever the pool does not sync is lost or stale. */
@Tag("lab-bounce")
class PartialIoctlPoolBounceTest extends PoolContract {

    private final LabRig rig = LabRig.ranged();

    @Override
    protected Heap heap() {
        return rig;
    }

    @AfterEach
    void detachCamera() {
        rig.close();
    }
}
