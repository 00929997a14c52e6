// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.lang.reflect.Field;

/** Reaches into a shared allocator, so that one thread can do what otherwise only many that meet can. */
final class Stripes {

    static final int COUNT = 4;

    private final SharedAllocator allocator;
    private final Stripe[] stripes;
    private final Stripe[] inOrder;

    static SharedAllocator allocator(AllocatorLayout layout) {
        return new SharedAllocator(layout, true, COUNT);
    }

    Stripes(SharedAllocator allocator) {
        this.allocator = allocator;
        this.stripes = (Stripe[]) field("stripes");
        this.inOrder = stripes.clone();
    }

    private Object field(String name) {
        try {
            return declared(name).get(allocator);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Field declared(String name) throws ReflectiveOperationException {
        Field field = SharedAllocator.class.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** All threads use a stripe from now on, and find the map busy: what is given back waits there, if it may. */
    void use(int stripe) {
        System.arraycopy(inOrder, 0, stripes, 0, stripes.length);
        int own = ownStripe();
        stripes[own] = inOrder[stripe];
        stripes[stripe] = inOrder[own];
        inOrder[stripe].setBusy();
        try {
            declared("contended").setBoolean(allocator, true);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private int ownStripe() {
        try {
            java.lang.reflect.Method method = SharedAllocator.class.getDeclaredMethod("ownStripe");
            method.setAccessible(true);
            return (int) method.invoke(allocator);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    Stripe get(int stripe) {
        return inOrder[stripe];
    }

    AllocatorLock mapLock() {
        return (AllocatorLock) field("mapLock");
    }

    /** Whether threads met at the map's lock. */
    boolean isContended() {
        return (Boolean) field("contended");
    }

    /** Bytes that wait in all stripes. */
    long waitingBytes() {
        long bytes = 0;
        for (Stripe stripe : inOrder) {
            bytes += stripe.bytes();
        }
        return bytes;
    }
}
