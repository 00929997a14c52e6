// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dmabufpool.bench.text.Words;

/** Who holds what, most bytes first, each with a colour and a letter; those with the least share a row. */
final class TagLegend {

    private static final char OTHERS_LETTER = '+';
    private static final String NO_TAG = "(no tag)";

    private final List<TagRow> rows = new ArrayList<>();
    private final Map<String, TagRow> byTag = new HashMap<>();

    private record Use(String tag, long slices, long bytes, long oldestMillis) {

        Use plus(Use other) {
            return new Use(tag, slices + other.slices, bytes + other.bytes, Math.max(oldestMillis, other.oldestMillis));
        }
    }

    private TagLegend(List<Use> uses) {
        int own = uses.size() <= TagColours.MOST ? uses.size() : TagColours.MOST - 1;
        TagColours colours =
                new TagColours(uses.subList(0, own).stream().map(Use::tag).toList());
        for (Use use : uses.subList(0, own)) {
            String name = use.tag.isEmpty() ? NO_TAG : Words.printable(use.tag);
            TagRow row = row(use, name, (char) ('a' + rows.size()), colours.of(use.tag));
            rows.add(row);
            byTag.put(use.tag, row);
        }
        List<Use> others = uses.subList(own, uses.size());
        others.stream().reduce(Use::plus).ifPresent(sum -> {
            TagRow row = row(sum, "and " + Words.count(others.size(), "more tag"), OTHERS_LETTER, Fill.OTHERS);
            rows.add(row);
            others.forEach(use -> byTag.put(use.tag, row));
        });
    }

    private static TagRow row(Use use, String name, char letter, Fill fill) {
        return new TagRow(name, letter, fill, use.slices, use.bytes, use.oldestMillis);
    }

    static TagLegend of(PoolMapFile map) {
        Map<String, Use> uses = map.regions().stream()
                .filter(MapRegion::isSlice)
                .collect(Collectors.toMap(
                        MapRegion::tag,
                        slice -> new Use(slice.tag(), 1, slice.length(), slice.ageMillis()),
                        Use::plus));
        List<Use> sorted = new ArrayList<>(uses.values());
        sorted.sort(Comparator.comparingLong(Use::bytes).reversed().thenComparing(Use::tag));
        return new TagLegend(sorted);
    }

    List<TagRow> rows() {
        return rows;
    }

    /** What a region is filled with. */
    Fill fill(MapRegion region) {
        return switch (region.state()) {
            case SLICE -> row(region).fill();
            case RETIRING -> Fill.RETIRING;
            case PASSING -> Fill.PASSING;
            case QUARANTINED -> Fill.QUARANTINED;
            case HOLE -> Fill.HOLE;
        };
    }

    /** The letter that stands for a region where there are no colours. */
    char letter(MapRegion region) {
        return switch (region.state()) {
            case SLICE -> row(region).letter();
            case RETIRING -> '~';
            case PASSING -> '?';
            case QUARANTINED -> '#';
            case HOLE -> '.';
        };
    }

    private TagRow row(MapRegion slice) {
        TagRow row = byTag.get(slice.tag());
        if (row == null) {
            throw new IllegalArgumentException("a region of another map: tag='" + slice.tag() + "'");
        }
        return row;
    }
}
