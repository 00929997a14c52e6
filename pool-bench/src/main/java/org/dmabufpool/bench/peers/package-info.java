// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The allocator beside its peers: one forked JVM for each, measured in turns within one run.
 *
 * <p>A <em>pair</em> is one release and one allocation. A <em>round</em> is one batch of pairs of every fork.
 */
@NullMarked
package org.dmabufpool.bench.peers;

import org.jspecify.annotations.NullMarked;
