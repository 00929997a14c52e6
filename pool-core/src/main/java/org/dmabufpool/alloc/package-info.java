// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Sub-allocation of a range of numbers: no memory, no file descriptor, no clock.
 *
 * <p>Words: an <em>extent</em> is a run of whole pages; an <em>order</em> names a buddy block of 2<sup>order</sup> pages;
 * a <em>slab</em> is one block cut into equal <em>slots</em>; a <em>granule</em> is the unit that every offset and every
 * reserved size is a multiple of. This package knows the JDK only.
 */
@NullMarked
package org.dmabufpool.alloc;

import org.jspecify.annotations.NullMarked;
