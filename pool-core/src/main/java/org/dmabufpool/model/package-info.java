// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Test support for everyone: memory whose caches are not coherent, a device, and the list of what went wrong.
 *
 * <p>The CPU's side and the device's side of a model buffer differ until they are synced, line by line, as on the
 * hardware that phones are made of. Code that forgets a sync works by luck on a laptop; over the model it does not.
 */
@NullMarked
package org.dmabufpool.model;

import org.jspecify.annotations.NullMarked;
