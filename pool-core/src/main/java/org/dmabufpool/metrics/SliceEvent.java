// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import org.dmabufpool.SliceFacts;
import org.jspecify.annotations.Nullable;

/** What every event about one slice says. */
abstract class SliceEvent extends Event {

    @Label("Pool")
    @Nullable
    String pool;

    @Label("Tag")
    @Description("Who holds the slice, as given at allocation")
    @Nullable
    String tag;

    @Label("Handle")
    @Description("What identifies the slice uniquely")
    long handle;

    @Label("Offset")
    @Description("First byte within the pool")
    @DataAmount
    long offset;

    @Label("Bytes")
    @Description("What was asked for")
    @DataAmount
    long bytes;

    @Label("Reserved Bytes")
    @Description("What is the slice's alone, rounding included")
    @DataAmount
    long reservedBytes;

    void describe(SliceFacts slice) {
        pool = slice.pool();
        tag = slice.tag();
        handle = slice.handle();
        offset = slice.offset();
        bytes = slice.length();
        reservedBytes = slice.reservedLength();
    }
}
