// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Per tile of {@link #TILE} x {@link #TILE} pixels: how much a picture is trusted, how much was merged so far, and the
 * share of the merge that the picture gets. Three planes in one buffer.
 *
 * <pre>
 * trust    0 (something moved) to FULL_TRUST (same scene)
 * merged   sum of trust so far; the reference counts FULL_TRUST
 * share    FULL_SHARE * trust / (merged + trust)
 * </pre>
 *
 * @param trust where trust lies
 * @param merged where the sum lies
 * @param share where the share lies
 */
public record TileGrid(PlaneLayout trust, PlaneLayout merged, PlaneLayout share) {

    /** Width and height of a tile in pixels. */
    public static final int TILE = 16;
    /** The trust in a tile that shows what the reference shows. */
    public static final int FULL_TRUST = 256;
    /** The share of a picture that replaces all; a picture never gets more than half. */
    public static final int FULL_SHARE = 1 << 15;
    /** The longest burst: {@code merged} must fit 16 bits. */
    public static final int MAX_FRAMES = Character.MAX_VALUE / FULL_TRUST;

    /** The grid of a picture; tiles at the right and lower edge may be cut. */
    public static TileGrid of(int width, int height) {
        int columns = (width + TILE - 1) / TILE;
        int rows = (height + TILE - 1) / TILE;
        PlaneLayout trust = PlaneLayout.aligned(0, columns, rows, Character.BYTES);
        PlaneLayout merged = PlaneLayout.aligned(trust.end(), columns, rows, Character.BYTES);
        return new TileGrid(trust, merged, PlaneLayout.aligned(merged.end(), columns, rows, Character.BYTES));
    }

    /** Bytes that a buffer needs to hold the grid. */
    public long bytes() {
        return share.end();
    }

    /** Looks at a grid within a buffer. */
    public Planes in(ByteBuffer buffer) {
        return new Planes(new Plane16(buffer, trust), new Plane16(buffer, merged), new Plane16(buffer, share));
    }

    /**
     * The three planes of a grid that lies in memory.
     *
     * @param trust trust in the picture at hand
     * @param merged trust merged so far
     * @param share share of the picture at hand
     */
    public record Planes(Plane16 trust, Plane16 merged, Plane16 share) {

        /** Begins a burst: the reference alone is merged. */
        public void begin() {
            char[] row = new char[merged.width()];
            Arrays.fill(row, (char) FULL_TRUST);
            for (int y = 0; y < merged.height(); y++) {
                merged.write(y, row);
            }
        }
    }
}
