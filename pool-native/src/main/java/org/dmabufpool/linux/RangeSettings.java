// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.dmabufpool.heap.SyncWay;
import org.jspecify.annotations.Nullable;

/**
 * What the user of a heap knows about range sync. Immutable.
 *
 * @param trusted exporters whose partial operation is there by the user's word
 * @param vendor the vendor's device to sync ranges by, if one is named
 * @param partialProof what a self-test of the partial ioctl found, if there was one
 * @param vendorProof what a self-test of the vendor's device found, if there was one
 */
record RangeSettings(
        Set<String> trusted,
        @Nullable VendorSync vendor,
        @Nullable RangeSyncProof partialProof,
        @Nullable RangeSyncProof vendorProof) {

    /** Nothing is known. */
    static final RangeSettings NONE = new RangeSettings(Collections.emptySet(), null, null, null);

    /** These exporters sync ranges by the partial ioctl. */
    RangeSettings trusting(String... exporters) {
        Set<String> names = Collections.unmodifiableSet(new LinkedHashSet<>(Arrays.asList(exporters)));
        return new RangeSettings(names, vendor, partialProof, vendorProof);
    }

    /** This device syncs ranges. */
    RangeSettings through(VendorSync device) {
        return new RangeSettings(trusted, device, partialProof, null);
    }

    /** What a self-test found, for better or worse. */
    RangeSettings proven(RangeSyncProof proof) {
        return proof.way() == SyncWay.VENDOR
                ? new RangeSettings(trusted, proof.vendor().orElse(null), partialProof, proof)
                : new RangeSettings(trusted, vendor, proof, vendorProof);
    }
}
