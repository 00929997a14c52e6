// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What a kernel backend must provide, and nothing of how.
 *
 * <p>A <em>heap</em> is where a dma-buf comes from. A <em>dma-buf</em> is one buffer the kernel can share with devices:
 * one size, one mapping, and in most heaps one file descriptor. A <em>window</em> is a dma-buf of its own over just some
 * pages of another. This package knows the JDK only.
 */
@NullMarked
package org.dmabufpool.heap;

import org.jspecify.annotations.NullMarked;
