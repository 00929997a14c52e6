// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A pool's statistics as Micrometer meters, which docs/metrics.md lists, and its events in the JDK's Flight Recorder.
 *
 * <p>Optional, and never loaded by the rest of the library: meters need {@code io.micrometer:micrometer-core}, events a
 * JDK, which Android is not.
 *
 * <p>A <em>scrape</em> is one reading of all meters of a registry, by whoever asks: a server that collects them, or a
 * registry that pushes them. Each scrape sees one snapshot of each pool.
 */
@NullMarked
package org.dmabufpool.metrics;

import org.jspecify.annotations.NullMarked;
