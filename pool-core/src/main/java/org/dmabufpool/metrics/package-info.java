// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/** Micrometer binder and JFR events: optional, never loaded by the core. */
@NullMarked
package org.dmabufpool.metrics;

import org.jspecify.annotations.NullMarked;
