// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * What of a budget is used, as of one moment. Immutable.
 *
 * @param guaranteedBytes bytes that are kept for its requests alone: what was asked for, rounded up to pages
 * @param mostBytes bytes that they may have together
 * @param usedBytes bytes reserved for their live parts, wherever these are
 * @param guaranteedFreeBytes bytes of those guaranteed that are free
 */
public record BudgetUse(long guaranteedBytes, long mostBytes, long usedBytes, long guaranteedFreeBytes) {}
