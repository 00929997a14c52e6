// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import org.dmabufpool.alloc.Budget;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A budget as an option tells it, such as {@code raw=24M:96M}.
 *
 * @param tag whose budget it is
 * @param budget what is kept for it, and what it may have
 */
record TagBudget(String tag, Budget budget) {

    /** Reads {@code TAG=GUARANTEED:MOST}. */
    static final class Converter implements ITypeConverter<TagBudget> {

        private final ByteCount bytes = new ByteCount();

        @Override
        public TagBudget convert(String text) {
            int equals = text.lastIndexOf('=');
            int colon = text.indexOf(':', Math.max(0, equals));
            if (equals < 1 || colon < 0) {
                throw new TypeConversionException(
                        "a budget is TAG=GUARANTEED:MOST, such as raw=24M:96M, and '" + text + "' is none");
            }
            String guaranteed = text.substring(equals + 1, colon);
            long least = "0".equals(guaranteed) ? 0 : bytes.convert(guaranteed);
            try {
                return new TagBudget(
                        text.substring(0, equals), new Budget(least, bytes.convert(text.substring(colon + 1))));
            } catch (IllegalArgumentException refused) {
                throw new TypeConversionException("'" + text + "': " + refused.getMessage());
            }
        }
    }
}
