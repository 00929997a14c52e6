// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

/**
 * What an importer of a slice needs: a dma-buf's descriptor, and where the slice lies in it. Immutable.
 *
 * @param fd the descriptor, borrowed: it stays the pool's, and valid while the loan is open; -1 where the heap has none
 * @param offset first byte of the slice within that dma-buf
 * @param length bytes of the slice
 */
public record BufferRange(int fd, long offset, long length) {}
