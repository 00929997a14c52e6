// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dmabufpool.alloc.Budget;
import org.dmabufpool.alloc.BudgetUse;

/** Which tag has which budget; the allocator knows budgets by number. Immutable. */
final class Budgets {

    private final String[] tags;
    private final List<Budget> budgets;

    /** @param byTag in the order of their numbers, which begin at 1 */
    Budgets(Map<String, Budget> byTag) {
        tags = byTag.keySet().toArray(new String[0]);
        budgets = List.copyOf(byTag.values());
    }

    /** All budgets, the first one with number 1. */
    List<Budget> inOrder() {
        return budgets;
    }

    /** The number of a tag's budget, or {@link Budget#NONE}. */
    int numberOf(String tag) {
        for (int i = 0; i < tags.length; i++) {
            if (tags[i].equals(tag)) {
                return i + 1;
            }
        }
        return Budget.NONE;
    }

    /** The same with tags. */
    List<PoolBudget> named(List<BudgetUse> uses) {
        List<PoolBudget> named = new ArrayList<>();
        for (int i = 0; i < tags.length; i++) {
            BudgetUse use = uses.get(i);
            named.add(new PoolBudget(
                    tags[i], use.guaranteedBytes(), use.mostBytes(), use.usedBytes(), use.guaranteedFreeBytes()));
        }
        return named;
    }
}
