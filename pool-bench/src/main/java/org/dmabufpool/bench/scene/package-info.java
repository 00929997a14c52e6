// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The landscape in front of the synthetic camera: light to be captured, drawn from noise and a seed at any size.
 *
 * <p>Coordinates are in units of the picture's height: {@code x} runs from 0 at the left edge, {@code y} from 0 at the
 * upper edge to 1 at the lower. Light is linear; 1 saturates the sensor. All arithmetic is add, multiply, divide and
 * square root, which give the same bits everywhere.
 */
@NullMarked
package org.dmabufpool.bench.scene;

import org.jspecify.annotations.NullMarked;
