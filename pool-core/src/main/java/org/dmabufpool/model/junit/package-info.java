// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The model in JUnit 5 tests. Needs junit-jupiter-api, which the library does not bring: whoever has such tests has it.
 */
@NullMarked
package org.dmabufpool.model.junit;

import org.jspecify.annotations.NullMarked;
