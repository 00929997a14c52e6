// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.util.List;
import org.dmabufpool.bench.photo.PlaneLayout;
import org.dmabufpool.bench.photo.ScreenPyramid;

/**
 * The files that a burst is to become.
 *
 * @param requests one or two
 */
record PictureFiles(List<Request> requests) {

    /**
     * One file.
     *
     * @param file where it goes
     * @param maxWidth the picture is the largest level of the pyramid that is no wider
     */
    record Request(OutputFile file, int maxWidth) {
        int level(List<PlaneLayout> levels) {
            int level = 0;
            while (level + 1 < levels.size() && levels.get(level).samples() / ScreenPyramid.COLOURS > maxWidth) {
                level++;
            }
            return level;
        }
    }
}
