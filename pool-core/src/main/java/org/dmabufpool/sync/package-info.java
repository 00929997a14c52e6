// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The decision which bytes to sync, in which direction, by which way and under which exclusion.
 *
 * <p>One {@link org.dmabufpool.sync.SyncPlanner} a pool. It asks the dma-buf which ways are supported, takes the
 * narrowest, and keeps count of what it did. Only {@link org.dmabufpool.sync.AccessBlockedException} is meant for
 * users; the rest serves org.dmabufpool.
 */
@NullMarked
package org.dmabufpool.sync;

import org.jspecify.annotations.NullMarked;
