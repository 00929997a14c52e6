// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** dma-heaps, udmabuf, adopted descriptors, sync ioctls and V4L2 capture on Linux, through JNA. No policy. */
@NullMarked
package org.dmabufpool.linux;

import org.jspecify.annotations.NullMarked;
