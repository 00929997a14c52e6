// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

/**
 * What an area is filled with.
 *
 * @param name the class it has in SVG
 * @param light red, green and blue on light paper
 * @param dark the same on dark paper
 * @param stripes the colours of stripes over it, as {@code light} and {@code dark}, where it has any
 */
record Fill(String name, int light, int dark, boolean striped, int stripes) {

    static final Fill HOLE = new Fill("hole", 0xEFF2F5, 0x1B2129, false, 0);
    static final Fill QUARANTINED = new Fill("quarantined", 0xFBE3E4, 0x3A2224, true, 0xC23B43);
    static final Fill RETIRING = new Fill("retiring", 0xFFF3D6, 0x3A3118, true, 0xB97A00);
    /** A bar over what a device uses. */
    static final Fill LENT = new Fill("lent", 0x1F2328, 0xFFFFFF, false, 0);

    static final Fill PASSING = new Fill("passing", 0xE4E7EB, 0x2C333C, true, 0x8C959F);
    /** Tags beyond those that have a colour of their own. */
    static final Fill OTHERS = new Fill("others", 0xC4CAD1, 0x8A929B, false, 0);

    static Fill plain(String name, int colour) {
        return new Fill(name, colour, colour, false, 0);
    }
}
