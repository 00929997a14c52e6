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

/** The cache was synced for the beginning or the end of an access. */
@Name("dmabufpool.Sync")
@Label("Cache Sync")
@Description("The cache was synced for the beginning or the end of an access")
@Category("dmabuf-pool")
@Enabled(false)
@StackTrace(false)
final class SyncEvent extends Event {

    @Label("Pool")
    @Nullable
    String pool;

    @Label("Phase")
    @Description("START or END")
    @Nullable
    String phase;

    @Label("Direction")
    @Description("READ, WRITE or READ_WRITE")
    @Nullable
    String direction;

    @Label("Offset")
    @Description("First byte within the pool, of the first range if there are several")
    @DataAmount
    long offset;

    @Label("Bytes")
    @Description("What the access asked to sync")
    @DataAmount
    long bytes;

    @Label("Sync Time")
    @Description("Waiting for other accesses and for fences included")
    @Timespan
    long syncTime;
}
