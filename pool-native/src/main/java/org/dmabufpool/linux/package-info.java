// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What Linux gives: dma-heaps ({@link org.dmabufpool.linux.DmaHeap}), windows over one memfd
 * ({@link org.dmabufpool.linux.UdmabufHeap}), a dma-buf of the caller's ({@link org.dmabufpool.linux.AdoptedHeap}), plain
 * shared memory ({@link org.dmabufpool.linux.MemfdHeap}), V4L2 capture ({@link org.dmabufpool.linux.V4l2Camera}), passing
 * buffers on to other processes ({@link org.dmabufpool.linux.DmaBufSocket}) and the facts of the machine
 * ({@link org.dmabufpool.linux.LinuxFacts}). Vendors' devices for range sync plug in as
 * {@link org.dmabufpool.linux.VendorSync}. No policy.
 *
 * <p>One way down: everything asks {@code Syscalls}, of which {@code Libc} is the real one, through JNA. Structures are
 * written into a thread's {@code Scratch} at the offsets that {@code DmaBufIoctl}, {@code DmaHeapIoctl},
 * {@code UdmabufIoctl}, {@code V4l2Layout} and {@code UnixSocketLayout} draw. A negative answer becomes an exception in {@code Refusal}, with what
 * to do about it from {@code Remedy}. What is opened while something bigger is being built stands in a {@code Rollback}.
 */
@NullMarked
package org.dmabufpool.linux;

import org.jspecify.annotations.NullMarked;
