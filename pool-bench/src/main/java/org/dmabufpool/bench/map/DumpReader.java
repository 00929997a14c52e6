// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;

/** Reads a pool's dump, and refuses whatever does not add up. */
public final class DumpReader {

    private static final String FORMAT = "dmabuf-pool-dump";
    private static final int VERSION = 1;
    private static final String WRITE_AGAIN = "the file was cut short; copy it, or write the dump, again";

    /** What Jackson says between two fields, where it throws no JsonEOFException. */
    private static final String END = "nexpected end-of-input";

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String name;

    private DumpReader(String name) {
        this.name = name;
    }

    /**
     * Reads a file, which gzip may have packed.
     *
     * @throws IOException if it cannot be read
     * @throws DumpFormatException if it is no dump, one of another version, or one that contradicts itself
     */
    public static PoolMapFile read(Path file) throws IOException {
        try (InputStream bytes = DumpSource.open(file)) {
            return read(file.toString(), bytes);
        }
    }

    /**
     * Reads a stream to its end, and leaves it open.
     *
     * @param name of the stream, for messages
     * @throws IOException if it cannot be read
     * @throws DumpFormatException if it is no dump, one of another version, or one that contradicts itself
     */
    public static PoolMapFile read(String name, InputStream bytes) throws IOException {
        DumpReader reader = new DumpReader(name);
        return reader.map(new DumpFields(name, "", reader.tree(bytes)));
    }

    private JsonNode tree(InputStream bytes) throws IOException {
        try (JsonParser parser = MAPPER.getFactory()
                .createParser(DumpSource.unpacked(bytes))
                .disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
            JsonNode tree = MAPPER.readTree(parser);
            if (tree == null) {
                throw new DumpFormatException(name + ": it is empty; write into it what DmaBufPool.dump() returns");
            }
            return tree;
        } catch (JsonProcessingException wrong) {
            throw notJson(wrong);
        } catch (EOFException cut) {
            throw new DumpFormatException(name + ": the gzip data end in the middle: " + WRITE_AGAIN);
        } catch (ZipException broken) {
            throw new DumpFormatException(
                    name + ": the gzip data are damaged, copy or pack them again: " + broken.getMessage());
        }
    }

    private DumpFormatException notJson(JsonProcessingException failure) {
        String what = failure.getOriginalMessage().lines().findFirst().orElse("");
        return new DumpFormatException(
                failure instanceof JsonEOFException || what.contains(END)
                        ? place(failure) + ": the dump ends in the middle: " + WRITE_AGAIN
                        : place(failure) + ": this is no JSON: " + Words.printable(what)
                                + "; name a file that has what DmaBufPool.dump() returned");
    }

    private String place(JsonProcessingException failure) {
        JsonLocation location = failure.getLocation();
        return location == null ? name : name + ", line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private PoolMapFile map(DumpFields fields) {
        checkKind(fields);
        PoolMapFile map = new PoolMapFile(
                fields.text("pool"),
                fields.number("capacityBytes", 1),
                fields.number("usedBytes", 0),
                fields.number("requestedBytes", 0),
                fields.number("peakUsedBytes", 0),
                fields.number("largestFreeBytes", 0),
                fields.number("openSlices", 0),
                fields.number("allocations", 0),
                fields.number("exhausted", 0),
                fields.number("fragmented", 0),
                fields.number("leaks", 0),
                fields.text("syncWay"),
                regions(fields));
        checkCover(map);
        checkSums(map);
        return map;
    }

    private void checkKind(DumpFields fields) {
        if (!fields.isText("format", FORMAT)) {
            throw new DumpFormatException(name + ": it is no dump of a pool: \"format\" is " + fields.shown("format")
                    + ", not \"" + FORMAT + "\"; name a file that has what DmaBufPool.dump() returned");
        }
        long version = fields.number("version", 1);
        if (version != VERSION) {
            throw new DumpFormatException(
                    name + ": it is a dump of version " + version + ", and this program reads version " + VERSION
                            + "; take the dmabuf-pool.jar that belongs to the library that wrote it");
        }
    }

    private List<MapRegion> regions(DumpFields fields) {
        List<MapRegion> regions = new ArrayList<>();
        for (JsonNode region : fields.list("regions")) {
            regions.add(region(new DumpFields(name, ", region " + (regions.size() + 1), region)));
        }
        return regions;
    }

    private static MapRegion region(DumpFields fields) {
        MapRegion.State state = fields.word("state", MapRegion.State.class);
        boolean slice = state == MapRegion.State.SLICE;
        return new MapRegion(
                state,
                fields.number("offset", 0),
                fields.number("length", 1),
                slice ? fields.number("requested", 0) : 0,
                slice ? fields.text("tag") : "",
                slice ? fields.number("ageMillis", 0) : 0,
                slice ? fields.word("access", MapRegion.Access.class) : MapRegion.Access.NONE);
    }

    private void checkCover(PoolMapFile map) {
        long end = 0;
        int number = 0;
        for (MapRegion region : map.regions()) {
            number++;
            if (region.offset() != end) {
                throw contradiction(
                        ", region " + number + ": it begins at " + region.offset() + " and the one before ends at "
                                + end + ": " + (region.offset() < end ? "they overlap" : "between them is a gap"));
            }
            if (region.length() > map.capacityBytes() - end) {
                throw contradiction(", region " + number + ": " + region.length() + " bytes from " + end
                        + " reach beyond capacityBytes, " + map.capacityBytes());
            }
            end = region.end();
        }
        if (end != map.capacityBytes()) {
            throw contradiction(": the regions end at " + end + " and capacityBytes is " + map.capacityBytes()
                    + ": between them is a gap");
        }
    }

    private void checkSums(PoolMapFile map) {
        long used = map.bytes(region -> !region.isHole());
        if (used != map.usedBytes()) {
            throw contradiction(
                    ": usedBytes is " + map.usedBytes() + " and the regions that are no holes have " + used);
        }
        if (map.largestFreeBytes() > map.freeBytes()) {
            throw contradiction(
                    ": largestFreeBytes is " + map.largestFreeBytes() + " and " + map.freeBytes() + " are free");
        }
    }

    private DumpFormatException contradiction(String what) {
        return new DumpFormatException(name + what + "; write the dump again, and report it if that does not help");
    }
}
