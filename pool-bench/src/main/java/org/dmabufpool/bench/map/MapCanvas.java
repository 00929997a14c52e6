// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

/** What a map is drawn on. Lengths are in pixels, from the upper left corner. */
interface MapCanvas {

    /** How large a text is, and how strong. */
    enum TextKind {
        HEAD,
        PLAIN,
        SMALL,
        /** On a colour. */
        LABEL,
        /** On a hole. */
        PALE
    }

    /** Which end of a text is at the place given. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /**
     * Fills a rectangle.
     *
     * @param hint what is told about it to whoever points at it, where that can be; empty for nothing
     */
    void fill(Fill fill, double x, double y, double width, double height, String hint);

    /** A strong frame around something. */
    void frame(boolean dashed, double x, double y, double width, double height);

    /** A fine line from above to below. */
    void tick(double x, double y, double height);

    /** A line of text; y is its baseline. */
    void text(TextKind kind, Anchor anchor, double x, double y, String text);
}
