// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** The command line, camera workloads and reports. */
@NullMarked
package org.dmabufpool.bench;

import org.jspecify.annotations.NullMarked;
