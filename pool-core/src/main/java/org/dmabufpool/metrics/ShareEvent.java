// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A slice has a further owner. */
@Name("dmabufpool.Share")
@Label("Slice Shared")
@Description("A slice has a further owner, whose tag this is")
@Category("dmabuf-pool")
@Enabled(false)
@StackTrace(false)
final class ShareEvent extends SliceEvent {}
