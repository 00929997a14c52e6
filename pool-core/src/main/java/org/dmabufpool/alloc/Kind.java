// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * What kind of request asks for a part: the class of the plan and the budget that it belongs to, as one number.
 *
 * <pre>
 *   30              4 3      0
 *   class of the plan  budget
 * </pre>
 */
public final class Kind {

    /** Of requests that have neither a class nor a budget. */
    public static final int NONE = 0;

    static final int BUDGET_BITS = 4;
    static final int BUDGET_MASK = (1 << BUDGET_BITS) - 1;

    private Kind() {}

    /**
     * The kind of requests.
     *
     * @param planClass number of the class, from 1 on, among the places that the allocator was made with; 0 for none
     * @param budget number of the budget, from 1 on, among those of the layout; {@link Budget#NONE} for none
     */
    public static int of(int planClass, int budget) {
        return planClass << BUDGET_BITS | budget;
    }

    static int planClass(int kind) {
        return kind >>> BUDGET_BITS;
    }

    static int budget(int kind) {
        return kind & BUDGET_MASK;
    }
}
