// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.model.Violation.Kind;
import org.jspecify.annotations.Nullable;

/** What went wrong in one buffer, neighbouring lines told as one. Guarded by the memory's monitor. */
final class ViolationLog {

    private static final int MOST_VIOLATIONS = 1000;

    private final SliceBook book;
    private final List<Violation> violations = new ArrayList<>();
    private @Nullable Violation latest;

    ViolationLog(SliceBook book) {
        this.book = book;
    }

    /** Reports one line. */
    void report(Kind kind, int line, Object what) {
        report(kind, new Range(line, line + ModelLine.BYTES), what);
    }

    /** Reports some neighbouring lines. */
    void report(Kind kind, Range lines, Object what) {
        Violation violation = new Violation(
                kind,
                lines.from(),
                lines.length(),
                what.toString(),
                book.describeSlice(lines.from()),
                book.describeAccess(lines.from()),
                book.describeLoan(lines.from()));
        if (latest != null && continues(latest, violation)) {
            latest = join(latest, violation);
            violations.set(violations.size() - 1, latest);
        } else if (violations.size() < MOST_VIOLATIONS) {
            violations.add(violation);
            latest = violation;
        }
    }

    List<Violation> violations() {
        return new ArrayList<>(violations);
    }

    private static boolean continues(Violation first, Violation second) {
        return first.kind() == second.kind()
                && first.offset() + first.length() == second.offset()
                && first.what().equals(second.what())
                && first.slice().equals(second.slice())
                && first.access().equals(second.access())
                && first.loan().equals(second.loan());
    }

    private static Violation join(Violation first, Violation second) {
        return new Violation(
                first.kind(),
                first.offset(),
                first.length() + second.length(),
                first.what(),
                first.slice(),
                first.access(),
                first.loan());
    }
}
