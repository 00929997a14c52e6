// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.PoolContract;
import org.dmabufpool.heap.Heap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The pool's contract over a vendor's device in the layout of XRING, and DMA that bounces. */
@Tag("lab-bounce")
class XringPoolBounceTest extends PoolContract {

    private final LabRig rig = LabRig.through(LabVendor.XRING);

    @Override
    protected Heap heap() {
        return rig;
    }

    @AfterEach
    void detachCamera() {
        rig.close();
    }
}
