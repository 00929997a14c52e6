// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A slice was lent to a device. */
@Name("dmabufpool.Lend")
@Label("Slice Lent")
@Description("A slice was lent to a device")
@Category("dmabuf-pool")
@Enabled(false)
@StackTrace(false)
final class LendEvent extends SliceEvent {

    @Label("Borrower")
    @Description("Who borrows")
    String borrower = "";

    @Label("Direction")
    @Description("What the device does: READ, WRITE or READ_WRITE")
    String direction = "";
}
