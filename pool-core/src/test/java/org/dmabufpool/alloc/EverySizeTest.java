// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every size up to 16 MiB: what is reserved is enough, and the next smaller class would not be. */
class EverySizeTest {

    private static final long MOST = 16 << 20;

    @ParameterizedTest(name = "granule {0}, page {1}, slabs up to {2}")
    @CsvSource({"128, 4096, 3584", "1, 4096, 3584", "128, 4096, 0", "64, 16384, 14336", "16384, 16384, 0"})
    void reservedFitsAndOneClassBelowDoesNot(long granule, long page, long slabLimit) {
        AllocatorLayout layout = AllocatorLayout.of(2 * MOST, granule, page).withSlabLimit(slabLimit);
        SharedAllocator allocator = new SharedAllocator(layout, false);
        long line = Math.max(granule, page / 64);
        for (long size = 1; size <= MOST; size++) {
            long unit = size <= slabLimit ? line : page;
            long part = allocator.allocate(size, 1);
            long reserved = allocator.reserved(part);
            if (reserved % unit != 0 || reserved < size || reserved - unit >= size) {
                throw new AssertionError("of " + size + " bytes in units of " + unit + ", reserved were " + reserved);
            }
            if (allocator.requested(part) != size || allocator.offset(part) % granule != 0) {
                throw new AssertionError("of " + size + " bytes: requested=" + allocator.requested(part) + ", offset="
                        + allocator.offset(part));
            }
            allocator.free(part);
        }
    }
}
