// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

/**
 * How far a picture lies from the reference: what the reference shows at {@code (x, y)} the picture shows at
 * {@code (x + dx, y + dy)}.
 *
 * @param dx pixels to the right
 * @param dy pixels down
 */
public record Shift(int dx, int dy) {

    /** No shift. */
    public static final Shift NONE = new Shift(0, 0);

    Shift plus(int moreX, int moreY) {
        return new Shift(dx + moreX, dy + moreY);
    }

    Shift doubled() {
        return new Shift(2 * dx, 2 * dy);
    }
}
