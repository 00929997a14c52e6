// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

/**
 * What the slices of one tag are sure of, may have, and have. Immutable.
 *
 * @param tag whose budget it is
 * @param guaranteedBytes bytes that are kept for slices of the tag alone: what was asked for, rounded up to pages
 * @param mostBytes bytes that they may have together
 * @param usedBytes what is reserved for them, rounding included, and for retiring and quarantined ones; shares are the first owner's
 * @param guaranteedFreeBytes bytes of those guaranteed that are free
 */
public record PoolBudget(String tag, long guaranteedBytes, long mostBytes, long usedBytes, long guaranteedFreeBytes) {}
