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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipException;
import org.dmabufpool.bench.text.Words;
import org.dmabufpool.heap.Direction;

/** Reads a pool's dump, and refuses whatever does not add up. */
public final class DumpReader {

    private static final String FORMAT = "dmabuf-pool-dump";
    /** The newest version; version 1 knows neither loans nor further owners nor retiring regions. */
    private static final int VERSION = 2;

    private static final int FIRST_WITH_LOANS = 2;

    private static final Set<MapRegion.State> STATES = EnumSet.allOf(MapRegion.State.class);
    private static final Set<MapRegion.State> STATES_WITHOUT_LOANS =
            EnumSet.complementOf(EnumSet.of(MapRegion.State.RETIRING));
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
        boolean withLoans = version(fields) >= FIRST_WITH_LOANS;
        long openSlices = fields.number("openSlices", 0);
        PoolMapFile map = new PoolMapFile(
                fields.text("pool"),
                fields.number("capacityBytes", 1),
                fields.number("usedBytes", 0),
                fields.number("requestedBytes", 0),
                fields.number("peakUsedBytes", 0),
                fields.number("largestFreeBytes", 0),
                withLoans ? fields.number("retiringBytes", 0) : 0,
                openSlices,
                withLoans ? fields.number("retiringSlices", 0) : 0,
                withLoans ? fields.number("openOwners", 0) : openSlices,
                withLoans ? fields.number("openLoans", 0) : 0,
                withLoans ? fields.number("loansFailed", 0) : 0,
                fields.number("allocations", 0),
                fields.number("exhausted", 0),
                fields.number("fragmented", 0),
                fields.number("leaks", 0),
                fields.text("syncWay"),
                regions(fields, withLoans));
        checkCover(map);
        checkSums(map);
        return map;
    }

    private long version(DumpFields fields) {
        if (!fields.isText("format", FORMAT)) {
            throw new DumpFormatException(name + ": it is no dump of a pool: \"format\" is " + fields.shown("format")
                    + ", not \"" + FORMAT + "\"; name a file that has what DmaBufPool.dump() returned");
        }
        long version = fields.number("version", 1);
        if (version > VERSION) {
            throw new DumpFormatException(
                    name + ": it is a dump of version " + version + ", and this program reads versions up to " + VERSION
                            + "; take the dmabuf-pool.jar that belongs to the library that wrote it");
        }
        return version;
    }

    private List<MapRegion> regions(DumpFields fields, boolean withLoans) {
        List<MapRegion> regions = new ArrayList<>();
        for (JsonNode region : fields.list("regions")) {
            String where = ", region " + (regions.size() + 1);
            regions.add(region(new DumpFields(name, where, region), where, withLoans));
        }
        return regions;
    }

    private MapRegion region(DumpFields fields, String where, boolean withLoans) {
        MapRegion.State state = fields.word("state", withLoans ? STATES : STATES_WITHOUT_LOANS);
        boolean slice = state == MapRegion.State.SLICE;
        boolean retiring = state == MapRegion.State.RETIRING;
        long offset = fields.number("offset", 0);
        long length = fields.number("length", 1);
        if (!slice && !retiring) {
            return MapRegion.plain(state, offset, length);
        }
        return new MapRegion(
                state,
                offset,
                length,
                fields.number("requested", 0),
                fields.text("tag"),
                fields.number("ageMillis", 0),
                slice ? fields.word("access", EnumSet.allOf(MapRegion.Access.class)) : MapRegion.Access.NONE,
                owners(fields, slice, withLoans),
                withLoans ? loans(fields, where) : List.of(),
                retiring ? fields.word("waitsFor", EnumSet.allOf(MapRegion.WaitsFor.class)) : null);
    }

    /** Before there were several, each slice had one. */
    private static long owners(DumpFields fields, boolean slice, boolean withLoans) {
        if (!slice) {
            return 0;
        }
        return withLoans ? fields.number("owners", 1) : 1;
    }

    private List<MapRegion.Lent> loans(DumpFields fields, String where) {
        List<MapRegion.Lent> loans = new ArrayList<>();
        for (JsonNode loan : fields.list("loans")) {
            DumpFields one = new DumpFields(name, where + ", loan " + (loans.size() + 1), loan);
            loans.add(new MapRegion.Lent(
                    one.text("borrower"), one.constant("direction", Direction.class), one.number("ageMillis", 0)));
        }
        return loans;
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
            if (region.requested() > region.length()) {
                throw contradiction(", region " + number + ": requested is " + region.requested()
                        + " and its length is " + region.length());
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
        checkSum("retiringBytes", map.retiringBytes(), "bytes of", map.bytes(MapRegion::isRetiring));
        checkSum("retiringSlices", map.retiringSlices(), "number of", map.count(MapRegion::isRetiring));
        if (map.largestFreeBytes() > map.freeBytes()) {
            throw contradiction(
                    ": largestFreeBytes is " + map.largestFreeBytes() + " and " + map.freeBytes() + " are free");
        }
    }

    private void checkSum(String field, long said, String what, long found) {
        if (said != found) {
            throw contradiction(": " + field + " is " + said + " and the " + what + " retiring regions " + found);
        }
    }

    private DumpFormatException contradiction(String what) {
        return new DumpFormatException(name + what + "; write the dump again, and report it if that does not help");
    }
}
