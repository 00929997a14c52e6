// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.util.Arrays;
import java.util.Random;
import org.dmabufpool.Slice;
import org.jspecify.annotations.Nullable;

/** The slices of the parts that are live, found by part or at random. Not safe for use by several threads. */
final class LiveParts {

    private static final int NOWHERE = -1;

    private final int[] placeOfPart;
    private final int[] partAtPlace;
    private final @Nullable Slice[] sliceAtPlace;
    private int count;

    LiveParts(int parts) {
        placeOfPart = new int[parts];
        Arrays.fill(placeOfPart, NOWHERE);
        partAtPlace = new int[parts];
        sliceAtPlace = new Slice[parts];
    }

    void add(int part, Slice slice) {
        placeOfPart[part] = count;
        partAtPlace[count] = part;
        sliceAtPlace[count++] = slice;
    }

    /** Takes the part's slice out, or nothing where the part found no space. */
    @Nullable
    Slice remove(int part) {
        int place = placeOfPart[part];
        if (place == NOWHERE) {
            return null;
        }
        Slice slice = sliceAtPlace[place];
        count--;
        partAtPlace[place] = partAtPlace[count];
        sliceAtPlace[place] = sliceAtPlace[count];
        placeOfPart[partAtPlace[place]] = place;
        placeOfPart[part] = NOWHERE;
        sliceAtPlace[count] = null;
        return slice;
    }

    /** Any of the slices, or nothing where there is none. */
    @Nullable
    Slice any(Random random) {
        return count == 0 ? null : sliceAtPlace[random.nextInt(count)];
    }

    /** Takes some slice out, or nothing where there is none left. */
    @Nullable
    Slice removeLast() {
        return count == 0 ? null : remove(partAtPlace[count - 1]);
    }
}
