// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** An access of the CPU to a slice began or ended. */
@Name("dmabufpool.Access")
@Label("Slice Access")
@Description("An access of the CPU to a slice began or ended")
@Category("dmabuf-pool")
@Enabled(false)
@StackTrace(false)
final class AccessEvent extends SliceEvent {

    @Label("Phase")
    @Description("START or END")
    @Nullable
    String phase;

    @Label("Direction")
    @Description("READ, WRITE or READ_WRITE")
    @Nullable
    String direction;
}
