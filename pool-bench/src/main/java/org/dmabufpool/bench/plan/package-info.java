// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Placements by someone who knows the future: how small a pool could be if all allocations and releases were known
 * beforehand. This is what a pool, which does not know them, is to be compared with.
 *
 * <p>The problem is called static or dynamic storage allocation. A <em>buffer</em> has a size and a lifetime; buffers that
 * live at the same time must not overlap in space. The <em>height</em> of a placement is where its highest buffer ends. A
 * <em>moment</em> is one of the times at which no other buffer could join those that live without one leaving: buffers
 * overlap in time exactly where they share a moment, so moments are all the time that the solver knows. Finding the least
 * height is NP-hard; {@link org.dmabufpool.bench.plan.OfflineSolver} tells the ways it takes.
 */
@NullMarked
package org.dmabufpool.bench.plan;

import org.jspecify.annotations.NullMarked;
