// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolDumpTest {

    private static final long CAPACITY = 4 << 20;

    /** As strict as a reader can be: a key twice, or anything after the end, is a mistake. */
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final TroubledHeap heap = new TroubledHeap(new ModelHeap());

    @Test
    void anEmptyPoolIsOneHole() throws IOException {
        try (DmaBufPool pool = pool("empty")) {
            JsonNode dump = parse(pool);
            assertThat(dump.get("format").asText()).isEqualTo("dmabuf-pool-dump");
            assertThat(dump.get("version").asInt()).isEqualTo(PoolDump.VERSION).isEqualTo(2);
            assertThat(dump.get("pool").asText()).isEqualTo("empty");
            assertThat(dump.get("regions")).hasSize(1);
            JsonNode hole = dump.get("regions").get(0);
            assertThat(hole.fieldNames()).toIterable().containsExactly("state", "offset", "length");
            assertThat(hole.get("state").asText()).isEqualTo("hole");
            assertThat(hole.get("length").asLong()).isEqualTo(CAPACITY);
            assertAddsUp(dump, pool.statistics());
        }
    }

    @Test
    void slicesSayWhatTheyAreAndWhoIsAtThem() throws IOException {
        try (DmaBufPool pool = pool("states");
                Slice idle = pool.allocate(SliceRequest.of(5000).tag("idle"));
                Slice read = pool.allocate(SliceRequest.of(70_000).tag("read"));
                Slice written = pool.allocate(SliceRequest.of(100).tag("written"));
                CpuAccess reader = read.read();
                CpuAccess another = read.read();
                CpuAccess writer = written.write()) {
            assertThat(reader.buffer().capacity())
                    .isEqualTo(another.buffer().capacity())
                    .isNotEqualTo(writer.buffer().capacity());
            JsonNode dump = parse(pool);
            assertSlice(dump, idle, "none");
            assertSlice(dump, read, "reading");
            assertSlice(dump, written, "writing");
            assertAddsUp(dump, pool.statistics());
        }
    }

    @Test
    void loansOwnersAndRetiringPlacesAreNamed() throws IOException {
        try (DmaBufPool pool = pool("lent")) {
            Slice frame = pool.allocate(SliceRequest.of(5000).tag("frame"));
            Slice further = frame.share("encoder");
            Slice gone = pool.allocate(SliceRequest.of(100).tag("gone"));
            Loan display = frame.lend(Direction.READ, "display");
            Loan camera = gone.lend(Direction.WRITE, "a \"camera\"");
            frame.close();
            gone.close();
            JsonNode dump = parse(pool);
            JsonNode slice = only(dump, one -> one.get("state").asText().equals("slice"));
            assertThat(slice.get("tag").asText()).isEqualTo("encoder");
            assertThat(slice.get("owners").asInt()).isEqualTo(1);
            assertThat(slice.at("/loans/0/borrower").asText()).isEqualTo("display");
            JsonNode retiring = only(dump, one -> one.get("state").asText().equals("retiring"));
            assertThat(retiring.fieldNames())
                    .toIterable()
                    .containsExactly("state", "offset", "length", "requested", "tag", "ageMillis", "waitsFor", "loans");
            assertThat(retiring.get("tag").asText()).isEqualTo("gone");
            assertThat(retiring.get("waitsFor").asText()).isEqualTo("loans");
            assertThat(retiring.at("/loans/0/borrower").asText()).isEqualTo("a \"camera\"");
            assertThat(retiring.at("/loans/0/direction").asText()).isEqualTo("WRITE");
            assertThat(dump.get("openLoans").asInt()).isEqualTo(2);
            assertThat(dump.get("retiringSlices").asInt()).isEqualTo(1);
            assertAddsUp(dump, pool.statistics());
            display.close();
            camera.close();
            further.close();
        }
    }

    private static void assertSlice(JsonNode dump, Slice slice, String access) {
        JsonNode region = only(dump, one -> one.path("tag").asText().equals(slice.tag()));
        assertThat(region.fieldNames())
                .toIterable()
                .containsExactly(
                        "state",
                        "offset",
                        "length",
                        "requested",
                        "tag",
                        "ageMillis",
                        "handle",
                        "access",
                        "owners",
                        "loans");
        assertThat(region.get("state").asText()).isEqualTo("slice");
        assertThat(region.get("offset").asLong()).isEqualTo(slice.offset());
        assertThat(region.get("length").asLong()).isEqualTo(slice.reservedLength());
        assertThat(region.get("requested").asLong()).isEqualTo(slice.length());
        assertThat(region.get("ageMillis").asLong()).isNotNegative();
        assertThat(region.get("access").asText()).isEqualTo(access);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a \"quoted\" one",
                "two\nlines\r\n\tand a tab",
                "C:\\temp\\",
                "\u0000\u0007\u001f\u007f\u2028",
                "Bäume, 写真, 📷🎞️",
                "half a pair: \ud83d, and the other: \udcf7",
                "</script><!-- & ' -->"
            })
    void everyNameAndTagComesBackAsItWas(String text) throws IOException {
        try (DmaBufPool pool = pool(text);
                Slice slice = pool.allocate(SliceRequest.of(100).tag(text))) {
            JsonNode dump = parse(pool);
            assertThat(dump.get("pool").asText()).isEqualTo(text);
            JsonNode region = only(dump, one -> one.get("state").asText().equals("slice"));
            assertThat(region.get("tag").asText()).isEqualTo(text).isEqualTo(slice.tag());
        }
    }

    @Test
    void whatTheKernelRefusedToCleanIsQuarantined() throws IOException {
        try (DmaBufPool pool = pool("quarantine")) {
            Slice slice = pool.allocate(SliceRequest.of(100).tag("dirty"));
            CpuAccess access = slice.write();
            heap.refused = SyncPhase.END;
            assertThatThrownBy(access::close).isInstanceOf(HeapException.class);
            assertThatThrownBy(slice::close).isInstanceOf(HeapException.class);
            heap.refused = null;
            JsonNode dump = parse(pool);
            JsonNode region = only(dump, one -> one.get("state").asText().equals("quarantined"));
            assertThat(region.fieldNames()).toIterable().containsExactly("state", "offset", "length");
            assertThat(region.get("offset").asLong()).isEqualTo(slice.offset());
            assertThat(region.get("length").asLong()).isEqualTo(slice.reservedLength());
            assertAddsUp(dump, pool.statistics());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void regionsCoverTheRangeWhateverHappenedBefore(long seed) throws IOException {
        Random random = new Random(seed);
        List<Slice> open = new ArrayList<>();
        try (DmaBufPool pool = pool("seed " + seed)) {
            for (int step = 0; step < 300; step++) {
                if (random.nextInt(3) > 0) {
                    long bytes = 1L << random.nextInt(19) | random.nextInt(4096);
                    pool.tryAllocate(SliceRequest.of(bytes).tag("tag " + step % 7))
                            .ifPresent(open::add);
                } else if (!open.isEmpty()) {
                    open.remove(random.nextInt(open.size())).close();
                }
                if (step % 20 == 0) {
                    assertAddsUp(parse(pool), pool.statistics());
                }
            }
            JsonNode dump = parse(pool);
            assertAddsUp(dump, pool.statistics());
            assertThat(handles(dump)).hasSize(open.size());
            open.forEach(Slice::close);
        }
    }

    @Test
    void aPoolWithoutStatisticsHasAMapAllTheSame() throws IOException {
        try (DmaBufPool pool = DmaBufPool.builder()
                        .heap(heap)
                        .capacity(CAPACITY)
                        .statistics(false)
                        .build();
                Slice slice = pool.allocate(SliceRequest.of(9000).tag("still"))) {
            JsonNode dump = parse(pool);
            assertSlice(dump, slice, "none");
            assertAddsUp(dump, pool.statistics());
        }
    }

    @Test
    void theSchemaNamesEveryField() throws IOException {
        JsonNode schema =
                STRICT.readTree(Path.of("..", "docs", "dump.schema.json").toFile());
        try (DmaBufPool pool = pool("schema");
                Slice slice = pool.allocate(100)) {
            JsonNode dump = parse(pool);
            assertThat(texts(schema.get("required"))).containsExactlyElementsOf(dump::fieldNames);
            assertThat(schema.get("properties").fieldNames()).toIterable().containsExactlyElementsOf(dump::fieldNames);
            assertThat(schema.at("/properties/version/const").asInt()).isEqualTo(PoolDump.VERSION);
            JsonNode region = only(dump, one -> one.has("tag"));
            assertThat(region.get("requested").asLong()).isEqualTo(slice.length());
            assertThat(texts(schema.at("/$defs/slice/required"))).containsExactlyElementsOf(region::fieldNames);
        }
        assertThat(texts(schema.at("/properties/syncWay/enum")))
                .containsExactlyElementsOf(
                        Stream.of(SyncWay.values()).map(Enum::name).toList());
        assertThat(texts(schema.at("/$defs/other/properties/state/enum")))
                .containsExactly("passing", "quarantined", "hole");
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** Regions adjoin and cover the range, and their sums are the statistics. */
    private static void assertAddsUp(JsonNode dump, PoolStatistics statistics) {
        long end = 0;
        String before = "";
        for (JsonNode region : dump.get("regions")) {
            String state = region.get("state").asText();
            assertThat(region.get("offset").asLong()).isEqualTo(end);
            assertThat(region.get("length").asLong()).isPositive();
            assertThat(before + " beside " + state).isNotEqualTo("hole beside hole");
            end += region.get("length").asLong();
            before = state;
        }
        assertThat(end).isEqualTo(dump.get("capacityBytes").asLong()).isEqualTo(statistics.capacityBytes());
        long slices = sum(dump, "slice", "length");
        long quarantined = sum(dump, "quarantined", "length");
        assertThat(sum(dump, "passing", "length")).isZero();
        assertThat(quarantined)
                .isEqualTo(dump.get("quarantinedBytes").asLong())
                .isEqualTo(statistics.quarantinedBytes());
        long retiring = sum(dump, "retiring", "length");
        assertThat(retiring).isEqualTo(dump.get("retiringBytes").asLong()).isEqualTo(statistics.retiringBytes());
        assertThat(slices + quarantined + retiring)
                .isEqualTo(dump.get("usedBytes").asLong())
                .isEqualTo(statistics.usedBytes());
        assertThat(sum(dump, "slice", "requested"))
                .isEqualTo(dump.get("requestedBytes").asLong())
                .isEqualTo(statistics.requestedBytes());
        assertThat(sum(dump, "hole", "length")).isEqualTo(statistics.freeBytes());
        assertThat(handles(dump)).hasSize(dump.get("openSlices").asInt());
        assertThat(dump.get("allocations").asLong() - dump.get("releases").asLong())
                .isEqualTo(statistics.openSlices());
        assertThat(dump.get("largestFreeBytes").asLong()).isEqualTo(statistics.largestFreeBytes());
    }

    private static long sum(JsonNode dump, String state, String field) {
        return regions(dump, one -> one.get("state").asText().equals(state)).stream()
                .mapToLong(one -> one.get(field).asLong())
                .sum();
    }

    private static Set<Long> handles(JsonNode dump) {
        Set<Long> handles = new HashSet<>();
        regions(dump, one -> one.has("handle"))
                .forEach(one ->
                        assertThat(handles.add(one.get("handle").asLong())).isTrue());
        return handles;
    }

    private static JsonNode only(JsonNode dump, Predicate<JsonNode> wanted) {
        List<JsonNode> found = regions(dump, wanted);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static List<JsonNode> regions(JsonNode dump, Predicate<JsonNode> wanted) {
        return StreamSupport.stream(dump.get("regions").spliterator(), false)
                .filter(wanted)
                .toList();
    }

    /** By way of UTF-8, as a file would have it. */
    private static JsonNode parse(DmaBufPool pool) throws IOException {
        return STRICT.readTree(pool.dump().getBytes(StandardCharsets.UTF_8));
    }

    private DmaBufPool pool(String name) {
        return DmaBufPool.builder().name(name).heap(heap).capacity(CAPACITY).build();
    }
}
