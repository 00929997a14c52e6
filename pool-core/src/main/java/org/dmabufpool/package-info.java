// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What applications use: one large dma-buf, handed out in slices.
 *
 * <h2>Words</h2>
 *
 * <dl>
 *   <dt>heap<dd>where a dma-buf comes from: a dma-heap device, udmabuf over a memfd, an adopted descriptor, the model
 *   <dt>dma-buf<dd>one buffer the kernel shares with devices: one descriptor, one size, one mapping
 *   <dt>pool<dd>one dma-buf being sub-allocated
 *   <dt>slice<dd>an offset and a length of the pool
 *   <dt>place<dd>the range that a slice occupies; given back when nobody uses it any more
 *   <dt>owner<dd>a {@link org.dmabufpool.Slice} object, or its handle; a slice has one or more
 *   <dt>access<dd>the bracket START … END around the CPU's use of a slice
 *   <dt>loan<dd>the bracket around a device's use of a slice: READ = the device reads, WRITE = it writes
 *   <dt>fence<dd>a point in a device's work, as a sync_file shows it
 *   <dt>retiring<dd>no owner is left, but a loan or a fence still holds the place
 *   <dt>window<dd>a dma-buf of its own over just one slice's pages
 *   <dt>cache line<dd>the unit of coherency, taken as 128 bytes
 *   <dt>granule<dd>what slices begin and end on: the cache line, or the page where windows are supported
 *   <dt>device<dd>whoever reads or writes by DMA
 *   <dt>extent<dd>a run of whole pages
 *   <dt>slab<dd>a run of pages cut into equal slots
 *   <dt>part<dd>what the allocator hands out for a slice: a number that is used again
 *   <dt>slot<dd>an entry of the ledger: of a place, or a ticket, which stands for a further owner or a loan
 *   <dt>handle<dd>a slot's number and a generation, which identify one owner or loan uniquely
 *   <dt>ledger<dd>who uses each place now: owners, accesses, loans
 *   <dt>budget<dd>what the slices of a tag are sure of, and what they may have
 *   <dt>queue<dd>requests that wait for space, in the order in which they are served
 *   <dt>held<dd>of free bytes: handed out to nobody but the first request that waits
 *   <dt>stripe<dd>of the allocator: small parts that were given back and wait to be taken again, behind a lock of their own
 * </dl>
 *
 * <p>Every exception of the library's own is unchecked and extends {@link org.dmabufpool.heap.DmaBufException}.
 */
@NullMarked
package org.dmabufpool;

import org.jspecify.annotations.NullMarked;
