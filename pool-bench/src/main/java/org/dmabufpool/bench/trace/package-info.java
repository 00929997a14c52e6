// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What applications ask of a pool, written down: the text format, its reader and writer, generators, and the replay.
 *
 * <p>A <em>part</em> is what one allocation asks for, from its line {@code a} to its line {@code f}. An <em>operation</em>
 * is one such line.
 */
@NullMarked
package org.dmabufpool.bench.trace;

import org.jspecify.annotations.NullMarked;
