// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * A colour for each tag. The same tag has the same colour in every picture, unless another takes it first: the colour
 * follows from the letters alone, and of two tags that want one colour the first in the alphabet has it.
 *
 * <p>Paul Tol's "light" scheme, which people who see red and green alike can tell apart, and which carries dark letters;
 * where there are more tags, then its last and the same once more, darker.
 */
final class TagColours {

    private static final int[] PALETTE = {
        0x77AADD, 0xEE8866, 0xEEDD88, 0xFFAABB, 0x99DDFF, 0x44BB99, 0xBBCC33, 0xAAAA00, 0x5584B3, 0xC4653F, 0xC9B55A,
        0xD67F93, 0x6FB6DA, 0x2E9274, 0x94A31C
    };

    private static final int FEW = 7;

    /** How many tags may have a colour. */
    static final int MOST = PALETTE.length;

    private final Map<String, Fill> fills = new HashMap<>();

    /** For at most {@link #MOST} tags. */
    TagColours(Collection<String> tags) {
        boolean[] taken = new boolean[MOST];
        int round = tags.size() <= FEW ? FEW : MOST;
        for (String tag : new TreeSet<>(tags)) {
            int colour = Math.floorMod(spread(tag.hashCode()), FEW);
            while (taken[colour]) {
                colour = (colour + 1) % round;
            }
            taken[colour] = true;
            fills.put(tag, Fill.plain("tag" + colour, PALETTE[colour]));
        }
    }

    /** Tags that differ in their last letter only are far apart. */
    private static int spread(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed ^ mixed >>> Short.SIZE;
    }

    Fill of(String tag) {
        return fills.getOrDefault(tag, Fill.OTHERS);
    }
}
