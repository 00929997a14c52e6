// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

/** One transfer of a device, for the model and for people. */
record DeviceCall(String device, boolean coherent, boolean writes, Range range) {

    @Override
    public String toString() {
        return "device '" + device + "' " + (writes ? "writing " : "reading ") + range;
    }
}
