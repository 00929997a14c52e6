// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

/**
 * How small a pool could be that knows all of a trace beforehand, where sizes are rounded up to the granule of a pool.
 *
 * @param bytes the smallest found
 * @param ratio that in proportion to the most bytes live at one moment, as asked for
 * @param algorithm what found it
 * @param proven whether there is none that is smaller
 * @param seconds how long it was looked for
 */
public record OfflineSummary(long bytes, double ratio, String algorithm, boolean proven, double seconds) {}
