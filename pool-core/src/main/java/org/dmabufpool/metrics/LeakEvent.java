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

/** A slice was collected without being closed. The thread is the maintenance thread, whose stack trace says nothing of the owner. */
@Name("dmabufpool.Leak")
@Label("Slice Leaked")
@Description("A slice was collected without being closed")
@Category("dmabuf-pool")
@Enabled(false)
@StackTrace(false)
final class LeakEvent extends SliceEvent {

    @Label("Age")
    @Description("Time since it was allocated")
    @Timespan
    long age;

    @Label("Given Back")
    @Description("Whether its memory went back to the pool")
    boolean givenBack;
}
