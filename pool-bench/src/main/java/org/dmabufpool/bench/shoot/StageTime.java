// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

/**
 * What a stage took over all frames.
 *
 * @param name which stage
 * @param millis milliseconds, its buffer calls included
 */
public record StageTime(String name, double millis) {

    private static final double MICROS = 1000;

    /** Rounds to microseconds: the clock tells no more. */
    static double rounded(double millis) {
        return Math.rint(millis * MICROS) / MICROS;
    }
}
