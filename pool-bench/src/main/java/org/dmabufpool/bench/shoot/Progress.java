// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

/** Is told how far a burst is. */
@FunctionalInterface
public interface Progress {

    /**
     * A step begins.
     *
     * @param step how many steps are done
     * @param steps how many there are
     * @param stage what begins
     */
    void at(int step, int steps, String stage);
}
