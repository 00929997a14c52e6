// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.lang.reflect.Field;
import java.util.Arrays;

/** Reaches into a shared allocator, so that one thread can do what otherwise only many that meet can. */
final class Stripes {

    /** As many as there can be, whatever the processors here. */
    static final int MOST = 8;

    private final SharedAllocator allocator;
    private final Stripe[] stripes;
    private final Stripe[] seats;

    static SharedAllocator allocator(AllocatorLayout layout) {
        return new SharedAllocator(layout, MOST);
    }

    Stripes(SharedAllocator allocator) {
        this.allocator = allocator;
        this.stripes = (Stripe[]) field("stripes");
        this.seats = (Stripe[]) field("seats");
    }

    private Object field(String name) {
        try {
            Field field = SharedAllocator.class.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(allocator);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** All threads use a stripe from now on, as if they had found the others busy. */
    void use(int stripe) {
        Arrays.fill(seats, stripes[stripe]);
    }

    /** Whether any thread uses the stripe. */
    boolean isUsed(int stripe) {
        return Arrays.asList(seats).contains(stripes[stripe]);
    }

    Stripe get(int stripe) {
        return stripes[stripe];
    }

    /** The stripe a part came from. */
    static int of(long part) {
        return (int) (part >>> OffsetAllocator.BLOCK_BITS);
    }

    /** From which size on requests are refused at once. */
    long refusedFrom() {
        return (Long) field("refusedFrom");
    }

    /** How many stripes have a territory. */
    long withTerritory() {
        return Arrays.stream(stripes)
                .filter(stripe -> !stripe.allocator.hasNoTerritory())
                .count();
    }
}
