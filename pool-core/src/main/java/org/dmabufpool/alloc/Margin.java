// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * 128 bytes that are nobody's, ahead of an object's own fields, as a JVM lays out the fields of a class behind those of its
 * superclass.
 *
 * <p>A copying collector may put objects of two stripes side by side, which two threads use. What one writes all the time
 * would then be on the line of the processor's cache, or on one of the pair of lines fetched together, where the other
 * looks for a reference that never changes, and both would be half as quick until the next collection.
 */
@SuppressWarnings("UnusedVariable") // That is what they are for.
abstract class Margin {
    private long m0;
    private long m1;
    private long m2;
    private long m3;
    private long m4;
    private long m5;
    private long m6;
    private long m7;
    private long m8;
    private long m9;
    private long m10;
    private long m11;
    private long m12;
    private long m13;
    private long m14;
    private long m15;
}
