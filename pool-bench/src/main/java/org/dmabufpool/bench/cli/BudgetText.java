// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmabufpool.bench.serve.TagBudget;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads budgets such as {@code preview=24M:64M}; a tag may contain {@code =} and {@code :}, too. */
final class BudgetText implements ITypeConverter<TagBudget> {

    private static final Pattern TEXT = Pattern.compile("(.+)=([^=:]+):([^=:]+)");

    @Override
    public TagBudget convert(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no budget: write TAG=GUARANTEED:MOST, such as raw=24M:64M");
        }
        try {
            return new TagBudget(
                    matcher.group(1), ByteCount.parse(matcher.group(2)), ByteCount.parse(matcher.group(3)));
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage());
        }
    }
}
