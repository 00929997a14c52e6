// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What a pool looked like at one moment, read from its dump and shown: in a terminal, as PNG, as SVG.
 *
 * <p>A <em>region</em> is a stretch of the range in one state: a slice, a hole, or what is neither. A <em>row</em> is the
 * stretch that one line of a picture shows; a <em>piece</em> is the part of a region that lies in one row. A <em>cell</em>
 * is one letter of a terminal, or half of one.
 */
@NullMarked
package org.dmabufpool.bench.map;

import org.jspecify.annotations.NullMarked;
