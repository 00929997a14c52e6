// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** Messages of a pool to whoever reads its logs. For the library itself; this package knows the JDK only. */
@NullMarked
package org.dmabufpool.log;

import org.jspecify.annotations.NullMarked;
