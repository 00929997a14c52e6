// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.nio.ByteBuffer;

/** Turns what a camera wrote into red, green and blue planes. */
@FunctionalInterface
public interface Developer {

    /**
     * Develops one frame.
     *
     * @param frame the frame as the camera wrote it
     * @param picture where the picture goes, of the frame's size
     */
    void develop(ByteBuffer frame, RgbLayout.Planes picture);
}
