// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** Ways to place parts in a range: ours, the textbook's, and VMA's, behind one face so that one replay serves all. */
@NullMarked
package org.dmabufpool.bench.policy;

import org.jspecify.annotations.NullMarked;
