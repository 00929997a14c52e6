// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.util.Collection;
import java.util.Optional;

/** Finds the word that was meant by a misspelt one. What picocli suggests for an option goes by its first two letters alone. */
final class Nearest {

    /** One letter in so many may be wrong, or two that changed places. */
    private static final int LETTERS_A_MISTAKE = 3;

    private static final int EXCHANGED_PLACES = 2;
    private static final int SHORT = 3;

    private Nearest() {}

    /** The word that the fewest insertions, removals and exchanges of letters lead to, if they are few. */
    static Optional<String> to(String typed, Collection<String> words) {
        String nearest = "";
        int fewest = 1 + (typed.length() <= SHORT ? 1 : Math.max(EXCHANGED_PLACES, typed.length() / LETTERS_A_MISTAKE));
        for (String word : words) {
            int mistakes = mistakes(typed, word);
            if (mistakes < fewest) {
                fewest = mistakes;
                nearest = word;
            }
        }
        return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
    }

    /** The Levenshtein distance, row by row: each entry is what the beginnings of both words are apart. */
    private static int mistakes(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int column = 0; column < above.length; column++) {
            above[column] = column;
        }
        for (int row = 1; row <= one.length(); row++) {
            int[] current = new int[above.length];
            current[0] = row;
            for (int column = 1; column < above.length; column++) {
                int exchanged = above[column - 1] + (one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(exchanged, Math.min(above[column], current[column - 1]) + 1);
            }
            above = current;
        }
        return above[other.length()];
    }
}
