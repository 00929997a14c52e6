// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A request for a slice failed permanently. */
@Name("dmabufpool.Refused")
@Label("Request Refused")
@Description("A request for a slice failed permanently")
@Category("dmabuf-pool")
@Enabled(false)
@StackTrace(true)
final class RefusedEvent extends Event {

    @Label("Pool")
    @Nullable
    String pool;

    @Label("Tag")
    @Description("Who would have held the slice")
    @Nullable
    String tag;

    @Label("Bytes")
    @Description("What was asked for")
    @DataAmount
    long bytes;

    @Label("Alignment")
    @Description("What the offset was to be a multiple of; 0 for the pool's own alignment")
    @DataAmount
    long alignment;

    @Label("Why")
    @Description("EXHAUSTED, FRAGMENTED or INVALID")
    @Nullable
    String why;

    @Label("Request Time")
    @Description("How long the request took, waiting for space included")
    @Timespan
    long requestTime;
}
