// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

/** What a camera writes, and what the pipeline must know to make a picture of it. */
public interface FrameFormat {

    /** A name for people, such as {@code RGGB 12 bit}. */
    String name();

    /** Pixels in a row. */
    int width();

    /** Rows. */
    int height();

    /** Bytes of a frame. */
    int bytes();

    /** What turns such frames into pictures. */
    Developer developer();

    /** How much noise is to be expected in the developed green. */
    NoiseProfile noise();

    /** From developed values to what a screen shows. */
    ToneCurve tone();
}
