// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A pool's statistics as Micrometer meters; docs/metrics.md lists them.
 *
 * <p>Optional: needs {@code io.micrometer:micrometer-core}, which the rest of the library neither needs nor loads.
 *
 * <p>A <em>scrape</em> is one reading of all meters of a registry, by whoever asks: a server that collects them, or a
 * registry that pushes them. Each scrape sees one snapshot of each pool.
 */
@NullMarked
package org.dmabufpool.metrics;

import org.jspecify.annotations.NullMarked;
