// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Where frames come from: a synthetic sensor that needs no hardware, and V4L2 cameras.
 *
 * <p>A <em>burst</em> is a few frames taken right after one another. A camera is a <em>device</em>: it writes frames into
 * slices without the CPU's caches knowing.
 */
@NullMarked
package org.dmabufpool.bench.camera;

import org.jspecify.annotations.NullMarked;
