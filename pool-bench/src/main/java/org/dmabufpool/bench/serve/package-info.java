// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** A pool at work, to be looked at in a browser. */
@NullMarked
package org.dmabufpool.bench.serve;

import org.jspecify.annotations.NullMarked;
