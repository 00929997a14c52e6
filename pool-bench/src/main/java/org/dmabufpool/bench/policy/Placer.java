// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

/** Hands out parts of the range 0 to capacity. Not safe for use by many threads. */
public interface Placer extends AutoCloseable {

    /** What {@link #allocate} returns when no free part fits. */
    long NO_SPACE = -1L;

    /** What every offset is a multiple of, in bytes: the pool's own cache line, for all policies alike. */
    long GRANULE = 128;

    /**
     * Reserves a part.
     *
     * @param bytes size, above 0
     * @param alignment what the offset is to be a multiple of, in bytes: a power of two
     * @return the part's handle, or {@link #NO_SPACE}
     */
    long allocate(long bytes, long alignment);

    /**
     * As {@link #allocate(long, long)}, at a planned place.
     *
     * @param planClass class of the part in the plan that the policy was opened with; 0 for none
     */
    default long allocate(long bytes, long alignment, int planClass) {
        return allocate(bytes, alignment);
    }

    /** First byte of the part that was allocated last. */
    long offset();

    /** Gives back a live part by its handle. */
    void free(long handle);

    /** Bytes that hold the policy's own state, which never become fewer; 0 where that is not known. */
    default long metadataBytes() {
        return 0;
    }

    /** Gives back what the policy holds outside of the JVM's heap. */
    @Override
    default void close() {}
}
