// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** What this machine offers a pool of dma-bufs, and what to do about what is missing. */
@NullMarked
package org.dmabufpool.bench.doctor;

import org.jspecify.annotations.NullMarked;
