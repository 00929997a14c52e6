// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** The photo pipeline as a whole: which buffer lives when, and what the burst cost. */
@NullMarked
package org.dmabufpool.bench.shoot;

import org.jspecify.annotations.NullMarked;
