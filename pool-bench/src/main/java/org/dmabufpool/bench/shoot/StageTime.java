// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

/**
 * What a stage took over all frames.
 *
 * @param name which stage
 * @param millis milliseconds, its buffer calls included
 */
public record StageTime(String name, double millis) {}
