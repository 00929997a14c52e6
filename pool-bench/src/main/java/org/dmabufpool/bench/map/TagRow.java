// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

/**
 * What one tag holds, or several that share a row. Immutable.
 *
 * @param name the tag, printable, or words in its stead
 * @param letter what stands for it where there are no colours
 * @param fill its colour
 * @param slices how many slices
 * @param bytes what is reserved for them
 * @param oldestMillis age of the oldest
 */
record TagRow(String name, char letter, Fill fill, long slices, long bytes, long oldestMillis) {}
