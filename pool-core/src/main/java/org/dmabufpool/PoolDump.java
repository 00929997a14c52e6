// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.List;
import java.util.Locale;
import org.dmabufpool.sync.SyncStatistics;

/**
 * Writes a survey of a pool as JSON. The schema is in docs/dump.md; whoever changes what a field means, or takes one away,
 * raises {@link #VERSION}.
 */
final class PoolDump {

    static final int VERSION = 2;

    private static final int FIRST_PRINTABLE = 0x20;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final StringBuilder json = new StringBuilder();

    private PoolDump() {}

    static String of(PoolStatistics statistics, List<PoolSurvey.Region> regions) {
        PoolDump dump = new PoolDump();
        dump.head(statistics);
        dump.sync(statistics.sync());
        dump.budgets(statistics.budgets());
        dump.json.append("  \"regions\": [");
        String separator = "\n";
        for (PoolSurvey.Region region : regions) {
            dump.json.append(separator);
            dump.region(region);
            separator = ",\n";
        }
        return dump.json.append("\n  ]\n}\n").toString();
    }

    private void head(PoolStatistics now) {
        json.append("{\n");
        text("format", "dmabuf-pool-dump");
        number("version", VERSION);
        text("pool", now.name());
        number("capacityBytes", now.capacityBytes());
        number("usedBytes", now.usedBytes());
        number("requestedBytes", now.requestedBytes());
        number("peakUsedBytes", now.peakUsedBytes());
        number("largestFreeBytes", now.largestFreeBytes());
        number("quarantinedBytes", now.quarantinedBytes());
        number("retiringBytes", now.retiringBytes());
        number("openSlices", now.openSlices());
        number("retiringSlices", now.retiringSlices());
        number("openOwners", now.openOwners());
        number("openLoans", now.openLoans());
        number("loansFailed", now.loansFailed());
        number("allocations", now.allocations());
        number("releases", now.releases());
        number("exhausted", now.exhausted());
        number("fragmented", now.fragmented());
        number("overBudget", now.overBudget());
        number("invalid", now.invalid());
        number("waits", now.waits());
        number("waitNanos", now.waitNanos());
        number("waiting", now.waiting());
        number("heldBytes", now.heldBytes());
        number("leaks", now.leaks());
        number("leakedBytes", now.leakedBytes());
        number("windowsOpen", now.windowsOpen());
    }

    private void sync(SyncStatistics sync) {
        text("syncWay", sync.way().name());
        text("syncReason", sync.reason());
        number("syncCalls", sync.callCount());
        number("syncBytes", sync.bytes());
        number("syncBytesAsked", sync.bytesAsked());
        number("syncBytesWholeBuffer", sync.bytesWholeBuffer());
        number("syncRestarts", sync.restarts());
    }

    private void budgets(List<PoolBudget> budgets) {
        json.append("  \"budgets\": [");
        String separator = "";
        for (PoolBudget budget : budgets) {
            json.append(separator).append("{\"tag\": ");
            quoted(budget.tag());
            json.append(", \"guaranteedBytes\": ")
                    .append(budget.guaranteedBytes())
                    .append(", \"mostBytes\": ")
                    .append(budget.mostBytes())
                    .append(", \"usedBytes\": ")
                    .append(budget.usedBytes())
                    .append(", \"guaranteedFreeBytes\": ")
                    .append(budget.guaranteedFreeBytes())
                    .append('}');
            separator = ", ";
        }
        json.append("],\n");
    }

    private void region(PoolSurvey.Region region) {
        json.append("    {\"state\": \"")
                .append(region.state().name().toLowerCase(Locale.ROOT))
                .append("\", \"offset\": ")
                .append(region.offset())
                .append(", \"length\": ")
                .append(region.length());
        switch (region.state()) {
            case SLICE -> slice(region);
            case RETIRING -> retiring(region);
            default -> {}
        }
        json.append('}');
    }

    private void slice(PoolSurvey.Region region) {
        place(region);
        json.append(", \"handle\": ").append(region.handle()).append(", \"access\": ");
        quoted(region.access());
        json.append(", \"owners\": ").append(region.owners().size());
        loans(region);
    }

    private void retiring(PoolSurvey.Region region) {
        place(region);
        json.append(", \"waitsFor\": ");
        quoted(region.waitsFor());
        loans(region);
    }

    private void place(PoolSurvey.Region region) {
        json.append(", \"requested\": ").append(region.requested()).append(", \"tag\": ");
        quoted(region.tag());
        json.append(", \"ageMillis\": ").append(region.ageNanos() / NANOS_PER_MILLI);
    }

    private void loans(PoolSurvey.Region region) {
        json.append(", \"loans\": [");
        String separator = "";
        for (PoolSurvey.LoanNote loan : region.loans()) {
            json.append(separator).append("{\"borrower\": ");
            quoted(loan.borrower());
            json.append(", \"direction\": ");
            quoted(loan.direction().name());
            json.append(", \"ageMillis\": ")
                    .append(loan.ageNanos() / NANOS_PER_MILLI)
                    .append('}');
            separator = ", ";
        }
        json.append(']');
    }

    private void text(String key, String value) {
        json.append("  \"").append(key).append("\": ");
        quoted(value);
        json.append(",\n");
    }

    private void number(String key, long value) {
        json.append("  \"").append(key).append("\": ").append(value).append(",\n");
    }

    private void quoted(String value) {
        json.append('"');
        value.codePoints().forEach(this::letter);
        json.append('"');
    }

    /** Half a surrogate pair is no letter, and no encoding has it: it is written as a number. */
    private void letter(int letter) {
        if (letter == '"' || letter == '\\') {
            json.append('\\').append((char) letter);
        } else if (letter < FIRST_PRINTABLE || Character.getType(letter) == Character.SURROGATE) {
            json.append(String.format(Locale.ROOT, "\\u%04x", letter));
        } else {
            json.appendCodePoint(letter);
        }
    }
}
