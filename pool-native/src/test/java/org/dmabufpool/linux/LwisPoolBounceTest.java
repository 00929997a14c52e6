// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.PoolContract;
import org.dmabufpool.heap.Heap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The pool's contract over a vendor's device in the layout of LWIS, and DMA that bounces. */
@Tag("lab-bounce")
class LwisPoolBounceTest extends PoolContract {

    private final LabRig rig = LabRig.through(LabVendor.LWIS);

    @Override
    protected Heap heap() {
        return rig;
    }

    @AfterEach
    void detachCamera() {
        rig.close();
    }
}
