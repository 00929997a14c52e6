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

/** A slice was given back. */
@Name("dmabufpool.Release")
@Label("Slice Released")
@Description("A slice was given back")
@Category("dmabuf-pool")
@Enabled(false)
@StackTrace(false)
final class ReleaseEvent extends SliceEvent {

    @Label("Held")
    @Description("Time since it was allocated; 0 where the pool's statistics are off")
    @Timespan
    long held;
}
