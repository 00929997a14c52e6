// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** The commands: what they are asked, and what they print. */
@NullMarked
package org.dmabufpool.bench.cli;

import org.jspecify.annotations.NullMarked;
