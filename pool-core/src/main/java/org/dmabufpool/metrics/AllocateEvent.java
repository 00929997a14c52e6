// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A slice was handed out. */
@Name("dmabufpool.Allocate")
@Label("Slice Allocated")
@Description("A slice was handed out")
@Category("dmabuf-pool")
@Enabled(false)
@StackTrace(false)
final class AllocateEvent extends SliceEvent {

    @Label("Request Time")
    @Description("How long the request took, waiting for space included")
    @Timespan
    long requestTime;
}
