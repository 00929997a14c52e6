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

/** A loan has ended. Its tag is the borrower. */
@Name("dmabufpool.LoanEnd")
@Label("Loan Ended")
@Description("A device has done with a slice; the tag is the borrower")
@Category("dmabuf-pool")
@Enabled(false)
@StackTrace(false)
final class LoanEndEvent extends SliceEvent {

    @Label("Direction")
    @Description("What the device did: READ, WRITE or READ_WRITE")
    String direction = "";

    @Label("Lent")
    @Description("Time since it was lent; 0 where the pool's statistics are off")
    @Timespan
    long lent;

    @Label("Failed")
    @Description("Whether a fence with an error ended it")
    boolean failed;
}
