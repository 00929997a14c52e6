// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Sub-allocation of a range of numbers: no memory, no file descriptor, no clock.
 *
 * <p>Words: a <em>range</em> is what is handed out in <em>parts</em>; a <em>block</em> is what lies between two borders in
 * it: a live part, a <em>hole</em>, or what another tier has cut up; an <em>extent</em> is a run of whole pages; a
 * <em>slab</em> is a run cut into equal <em>slots</em>; a <em>granule</em> is the unit that every offset and every reserved
 * size is a multiple of; a <em>region</em> is an eighth of the range, by which holes are told apart; a
 * <em>queue</em> is of requests that wait, for the first of which a range is <em>held</em>; a <em>stripe</em> holds small
 * parts that were given back and wait to be taken again. This package knows the JDK only.
 */
@NullMarked
package org.dmabufpool.alloc;

import org.jspecify.annotations.NullMarked;
