// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.Arrays;

/** Buffers with a key each, to be sorted by it, without an object for each. */
final class KeyedList {

    private static final int FEW = 12;

    private long[] keys;
    private int[] buffers;
    private int size;

    KeyedList(int capacity) {
        keys = new long[Math.max(1, capacity)];
        buffers = new int[keys.length];
    }

    void clear() {
        size = 0;
    }

    void add(long key, int buffer) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            buffers = Arrays.copyOf(buffers, 2 * size);
        }
        keys[size] = key;
        buffers[size++] = buffer;
    }

    int size() {
        return size;
    }

    long key(int index) {
        return keys[index];
    }

    int buffer(int index) {
        return buffers[index];
    }

    /** Sorts by key; equal keys come in an order that depends on nothing but the order they were added in. */
    void sort() {
        sort(0, size - 1);
    }

    private void sort(int first, int last) {
        int low = first;
        int high = last;
        while (high - low >= FEW) {
            int middle = partition(low, high);
            // The smaller part first, so that the stack stays shallow.
            if (middle - low < high - middle) {
                sort(low, middle);
                low = middle + 1;
            } else {
                sort(middle + 1, high);
                high = middle;
            }
        }
        insert(low, high);
    }

    private int partition(int low, int high) {
        long pivot = keys[(low + high) >>> 1];
        int left = low - 1;
        int right = high + 1;
        while (true) {
            do {
                left++;
            } while (keys[left] < pivot);
            do {
                right--;
            } while (keys[right] > pivot);
            if (left >= right) {
                return right;
            }
            swap(left, right);
        }
    }

    private void swap(int one, int other) {
        long key = keys[one];
        keys[one] = keys[other];
        keys[other] = key;
        int buffer = buffers[one];
        buffers[one] = buffers[other];
        buffers[other] = buffer;
    }

    private void insert(int low, int high) {
        for (int i = low + 1; i <= high; i++) {
            long key = keys[i];
            int buffer = buffers[i];
            int at = i;
            for (; at > low && keys[at - 1] > key; at--) {
                keys[at] = keys[at - 1];
                buffers[at] = buffers[at - 1];
            }
            keys[at] = key;
            buffers[at] = buffer;
        }
    }
}
