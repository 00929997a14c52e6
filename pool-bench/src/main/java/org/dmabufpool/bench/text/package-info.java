// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** Values as people read them. */
@NullMarked
package org.dmabufpool.bench.text;

import org.jspecify.annotations.NullMarked;
