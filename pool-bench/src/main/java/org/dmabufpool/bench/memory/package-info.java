// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** A pool whose buffer calls are timed: what the buffers cost beside the work they are for. */
@NullMarked
package org.dmabufpool.bench.memory;

import org.jspecify.annotations.NullMarked;
