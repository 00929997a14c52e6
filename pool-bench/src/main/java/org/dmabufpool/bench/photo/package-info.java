// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The stages of the photo pipeline, as functions over buffers.
 *
 * <p>A <em>plane</em> is rows of equal samples at a fixed <em>stride</em> (bytes from one row to the next, padding
 * included). A <em>developed</em> picture is three planes of 16-bit samples, red, green and blue, linear in light unless
 * the camera delivered it otherwise; see {@link org.dmabufpool.bench.photo.RgbLayout}. The <em>reference</em> is the
 * first picture of a burst: all others are aligned to it and merged into it.
 *
 * <p>Values that decide pixels are computed with integers or with operations that IEEE 754 fixes to the last bit, and
 * threads share no results: the same input gives the same bytes on every machine, heap and number of cores.
 */
@NullMarked
package org.dmabufpool.bench.photo;

import org.jspecify.annotations.NullMarked;
