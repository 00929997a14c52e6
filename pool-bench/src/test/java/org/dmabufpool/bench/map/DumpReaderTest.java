// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Loan;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DumpReaderTest {

    @Test
    void readsEveryStateOfVersion1AndLeavesAsideWhatItDoesNotKnow() throws IOException {
        PoolMapFile map = Dumps.read(Dumps.small());
        assertThat(map.pool()).isEqualTo("p");
        assertThat(map.syncWay()).isEqualTo("WINDOW");
        assertThat(map.regions())
                .containsExactly(
                        slice(0, 8192, 8000, "b", 1, MapRegion.Access.WRITING, 1),
                        slice(8192, 4096, 4000, "", 90_000, MapRegion.Access.READING, 1),
                        MapRegion.plain(MapRegion.State.QUARANTINED, 12_288, 4096),
                        MapRegion.plain(MapRegion.State.PASSING, 16_384, 4096),
                        MapRegion.plain(MapRegion.State.HOLE, 20_480, 45_056));
        assertThat(map.openOwners()).isEqualTo(map.openSlices()).isEqualTo(2);
        assertThat(map.openLoans() + map.loansFailed() + map.retiringBytes() + map.retiringSlices())
                .isZero();
        assertThat(map.freeBytes()).isEqualTo(45_056);
        assertThat(map.occupancy()).isEqualTo(0.3125);
        assertThat(map.externalFragmentation()).isEqualTo(1 - 40_960 / 45_056.0);
        assertThat(map.internalFragmentation()).isEqualTo(1 - 12_000 / 12_288.0);
        assertThat(map.oldestMillis()).isEqualTo(90_000);
        assertThat(map.count(MapRegion::isHole)).isEqualTo(1);
    }

    private static MapRegion slice(
            long offset,
            long length,
            long requested,
            String tag,
            long ageMillis,
            MapRegion.Access access,
            long owners,
            MapRegion.Lent... loans) {
        return new MapRegion(
                MapRegion.State.SLICE, offset, length, requested, tag, ageMillis, access, owners, List.of(loans), null);
    }

    private static MapRegion retiring(
            long offset,
            long requested,
            String tag,
            long ageMillis,
            MapRegion.WaitsFor waitsFor,
            MapRegion.Lent... loans) {
        return new MapRegion(
                MapRegion.State.RETIRING,
                offset,
                4096,
                requested,
                tag,
                ageMillis,
                MapRegion.Access.NONE,
                0,
                List.of(loans),
                waitsFor);
    }

    @Test
    void readsOwnersLoansAndWhatIsRetiring() throws IOException {
        PoolMapFile map = Dumps.read(Dumps.lent());
        assertThat(map.regions())
                .containsExactly(
                        slice(
                                0,
                                8192,
                                8000,
                                "b",
                                1,
                                MapRegion.Access.READING,
                                2,
                                new MapRegion.Lent("encoder", Direction.READ, 2000)),
                        slice(8192, 4096, 4000, "", 90_000, MapRegion.Access.NONE, 1),
                        retiring(
                                12_288,
                                4090,
                                "raw",
                                95_000,
                                MapRegion.WaitsFor.LOANS,
                                new MapRegion.Lent("camera \n\u001b[2J", Direction.WRITE, 3),
                                new MapRegion.Lent("gpu", Direction.READ_WRITE, 0)),
                        retiring(16_384, 1, "", 0, MapRegion.WaitsFor.FENCES),
                        MapRegion.plain(MapRegion.State.QUARANTINED, 20_480, 4096),
                        MapRegion.plain(MapRegion.State.PASSING, 24_576, 4096),
                        MapRegion.plain(MapRegion.State.HOLE, 28_672, 36_864));
        assertThat(map.retiringBytes()).isEqualTo(8192);
        assertThat(map.retiringSlices()).isEqualTo(2);
        assertThat(map.openSlices()).isEqualTo(2);
        assertThat(map.openOwners()).isEqualTo(3);
        assertThat(map.openLoans()).isEqualTo(3);
        assertThat(map.loansFailed()).isEqualTo(4);
        assertThat(map.internalFragmentation()).isEqualTo(1 - 12_000 / 12_288.0);
        assertThat(map.oldestMillis()).isEqualTo(90_000);
    }

    /** Each of these is a dump of version 2 that is right but for one thing. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"version\": 2 | \"version\": 3 | it is a dump of version 3, and this program reads versions up to 2; take",
                "\"version\": 2 | \"version\": 1 | region 3: \"state\" is \"retiring\", not one of slice, passing,",
                "\"requested\": 8000 | \"requested\": 8193 | region 1: requested is 8193 and its length is 8192",
                "\"retiringBytes\": 8192 | \"retiringBytes\": 1 | retiringBytes is 1 and the bytes of retiring regions 8192",
                "\"retiringSlices\": 2 | \"retiringSlices\": 3 | retiringSlices is 3 and the number of retiring regions 2",
                "\"openLoans\" | \"loans\" | \"openLoans\" is missing, not a whole number of at least 0",
                "\"loansFailed\": 4 | \"loansFailed\": -4 | \"loansFailed\" is -4, not a whole number",
                "\"openOwners\": 3 | \"openOwners\": null | \"openOwners\" is null, not a whole number",
                "\"owners\": 2 | \"owners\": 0 | region 1: \"owners\" is 0, not a whole number of at least 1",
                "\"waitsFor\": \"fences\" | \"waitsFor\": \"rain\" | region 4: \"waitsFor\" is \"rain\", not one of loans, fences, retry",
                "\"loans\": [{\"borrower\": \"enc | \"loans\": 1, \"x\": [{\"borrower\": \"enc | region 1: \"loans\" is 1, not a list",
                "\"borrower\": \"gpu\" | \"borrower\": 7 | region 3, loan 2: \"borrower\" is 7, not a text",
                "\"READ_WRITE\" | \"read\" | region 3, loan 2: \"direction\" is \"read\", not one of READ, WRITE, READ_WRITE",
                "\"ageMillis\": 2000 | \"ageMillis\": 0.5 | region 1, loan 1: \"ageMillis\" is 0.5, not a whole number",
            })
    void whatIsWrongInVersion2IsNamedToo(String right, String wrong, String message) {
        String dump = Dumps.lent();
        assertThat(dump).contains(right);
        assertThatThrownBy(() -> Dumps.read(dump.replace(right, wrong)))
                .isInstanceOf(DumpFormatException.class)
                .hasMessageStartingWith("pool.json")
                .hasMessageContaining(message);
    }

    @Test
    void readsWhatThePoolWrites() throws IOException {
        try (DmaBufPool pool = DmaBufPool.builder()
                        .name("a \"b\"\n📷")
                        .heap(new ModelHeap())
                        .capacity(1 << 20)
                        .build();
                Slice one = pool.allocate(SliceRequest.of(5000).tag("x\\y"));
                Slice two = pool.allocate(100_000);
                Slice shared = one.share("second");
                Loan loan = two.lend(Direction.READ, "encoder \"7\"")) {
            PoolMapFile map = Dumps.read(pool.dump());
            assertThat(map.pool()).isEqualTo(pool.name());
            assertThat(map.usedBytes()).isEqualTo(one.reservedLength() + two.reservedLength());
            assertThat(map.regions().stream().filter(MapRegion::isSlice).map(MapRegion::tag))
                    .containsExactlyInAnyOrder("x\\y", "");
            assertThat(map.openOwners()).isEqualTo(3);
            assertThat(map.regions().stream().mapToLong(MapRegion::owners).sum())
                    .isEqualTo(3);
            assertThat(map.regions().stream().flatMap(region -> region.loans().stream()))
                    .extracting(MapRegion.Lent::borrower, MapRegion.Lent::direction)
                    .containsExactly(tuple("encoder \"7\"", Direction.READ));
            assertThat(map.externalFragmentation()).isEqualTo(pool.statistics().externalFragmentation());
            assertThat(map.internalFragmentation()).isEqualTo(pool.statistics().internalFragmentation());
            long reserved = two.reservedLength();
            two.close();
            assertThat(Dumps.read(pool.dump()).retiringBytes()).isEqualTo(reserved);
        }
    }

    /** Budgets and what is held came to version 2 later; nothing that is drawn depends on them. */
    @Test
    void readsDumpsWithBudgetsAndThoseFromBeforeThereWereAny() throws IOException {
        try (DmaBufPool pool = DmaBufPool.builder()
                        .heap(new ModelHeap())
                        .capacity(1 << 20)
                        .budget("raw", 1 << 16, 1 << 17)
                        .budget("a \"b\"", 0, 4096)
                        .build();
                Slice kept = pool.allocate(SliceRequest.of(40_000).tag("raw"));
                Slice other = pool.allocate(100_000)) {
            assertThat(pool.tryAllocate(SliceRequest.of(100_000).tag("raw"))).isEmpty();
            String dump = pool.dump();
            assertThat(dump).contains("\"heldBytes\": 0,", "\"overBudget\": 1,", "\"budgets\": [{\"tag\": \"raw\",");
            String before = dump.lines()
                    .filter(line -> !line.matches("  \"(heldBytes|overBudget|budgets)\": .*"))
                    .collect(Collectors.joining("\n"));
            assertThat(before).doesNotContain("heldBytes", "overBudget", "udget");

            PoolMapFile map = Dumps.read(dump);
            assertThat(map.usedBytes()).isEqualTo(kept.reservedLength() + other.reservedLength());
            assertThat(map.largestFreeBytes()).isEqualTo(pool.statistics().largestFreeBytes());
            assertThat(map).isEqualTo(Dumps.read(before));
        }
    }

    @Test
    void readsTheExampleOfTheDocumentation() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "dump.md"));
        int begin = page.indexOf("```json\n") + "```json\n".length();
        PoolMapFile map = Dumps.read(page.substring(begin, page.indexOf("```", begin)));
        assertThat(map.pool()).isEqualTo("camera");
        assertThat(map.regions())
                .extracting(MapRegion::state)
                .containsExactly(MapRegion.State.SLICE, MapRegion.State.RETIRING, MapRegion.State.HOLE);
        assertThat(map.regions().stream().mapToLong(MapRegion::owners).sum()).isEqualTo(map.openOwners());
        assertThat(map.regions().stream()
                        .mapToLong(region -> region.loans().size())
                        .sum())
                .isEqualTo(map.openLoans());
    }

    /** Each of these is a dump that is right but for one thing. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"version\": 1 | \"version\": 3 | it is a dump of version 3, and this program reads versions up to 2; take the",
                "\"version\": 1 | \"version\": \"1\" | \"version\" is \"1\", not a whole number of at least 1",
                "dmabuf-pool-dump | heap-dump | it is no dump of a pool: \"format\" is \"heap-dump\", not \"dmabuf-pool-dump\"",
                "\"pool\": \"p\" | \"pool\": 7 | \"pool\" is 7, not a text",
                "\"usedBytes\" | \"used\" | \"usedBytes\" is missing, not a whole number of at least 0; write the dump again",
                "\"capacityBytes\": 65536 | \"capacityBytes\": 0 | \"capacityBytes\" is 0, not a whole number of at least 1",
                "\"capacityBytes\": 65536 | \"capacityBytes\": 1e99 | \"capacityBytes\" is 1.0E99, not a whole number",
                "\"capacityBytes\": 65536 | \"capacityBytes\": 99999999999999999999 | \"capacityBytes\" is 99999999999999999999,",
                "\"capacityBytes\": 65536 | \"capacityBytes\": 65537 | the regions end at 65536 and capacityBytes is 65537: between",
                "\"capacityBytes\": 65536 | \"capacityBytes\": 65535 | region 5: 45056 bytes from 20480 reach beyond capacityBytes, 65535",
                "\"usedBytes\": 20480 | \"usedBytes\": 20479 | usedBytes is 20479 and the regions that are no holes have 20480",
                "\"largestFreeBytes\": 40960 | \"largestFreeBytes\": 45057 | largestFreeBytes is 45057 and 45056 are free",
                "\"offset\": 8192 | \"offset\": 8191 | region 2: it begins at 8191 and the one before ends at 8192: they overlap;",
                "\"offset\": 8192 | \"offset\": 8193 | region 2: it begins at 8193 and the one before ends at 8192: between them is a gap;",
                "\"offset\": 8192 | \"offset\": -1 | region 2: \"offset\" is -1, not a whole number of at least 0",
                "\"length\": 45056 | \"length\": 9223372036854775807 | region 5: 9223372036854775807 bytes from 20480 reach beyond",
                "\"length\": 8192 | \"length\": 0 | region 1: \"length\" is 0, not a whole number of at least 1",
                "\"quarantined\" | \"lost\" | region 3: \"state\" is \"lost\", not one of slice, passing, quarantined, hole",
                "\"writing\" | \"WRITING\" | region 1: \"access\" is \"WRITING\", not one of none, reading, writing",
                "\"tag\": \"b\" | \"tag\": null | region 1: \"tag\" is null, not a text",
                "\"regions\": [ | \"regions\": 5, \"r\": [ | \"regions\" is 5, not a list",
                "\"regions\": [ | \"regions\": [[], | region 1: \"state\" is missing, not one of slice",
                "\"pool\": \"p\" | \"pool\": \"p\", \"pool\": \"q\" | this is no JSON: Duplicate field 'pool'",
                "\"length\": 45056} | \"length\": 45056}} | this is no JSON: Unexpected close marker '}'",
            })
    void whatIsWrongIsNamedWithItsPlaceAndItsValue(String right, String wrong, String message) {
        String dump = Dumps.small();
        assertThat(dump).contains(right);
        assertThatThrownBy(() -> Dumps.read(dump.replace(right, wrong)))
                .isInstanceOf(DumpFormatException.class)
                .hasMessageStartingWith("pool.json")
                .hasMessageContaining(message);
    }

    @Test
    void everyDumpCutShortSaysSo() {
        String dump = Dumps.small().stripTrailing();
        for (int length = 2; length < dump.length(); length++) {
            String cut = dump.substring(0, length);
            assertThatThrownBy(() -> Dumps.read(cut))
                    .as("the first %d bytes", length)
                    .isInstanceOf(DumpFormatException.class)
                    .hasMessageContaining("the dump ends in the middle: the file was cut short; copy it, or write");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | it is empty; write into it what DmaBufPool.dump() returns",
                "`  \n ` | it is empty",
                "hello | line 1, column 1: this is no JSON: Unrecognized token 'hello'",
                "a,1,4096 | this is no JSON",
                "[1, 2] | it is no dump of a pool: \"format\" is missing",
                "7 | it is no dump of a pool",
                "{} | it is no dump of a pool",
            })
    void whatIsNoDumpSaysSo(String text, String message) {
        assertThatThrownBy(() -> Dumps.read(text))
                .isInstanceOf(DumpFormatException.class)
                .hasMessageStartingWith("pool.json")
                .hasMessageContaining(message);
    }

    @Test
    void bytesThatAreNoTextDoNotReachTheTerminal() {
        assertThatThrownBy(() -> Dumps.read(new byte[] {(byte) 0x89, 'P', 'N', 'G', 27, '[', '2', 'J', 0}))
                .isInstanceOf(DumpFormatException.class)
                .message()
                .matches("[^\\p{Cntrl}]+");
    }

    @Test
    void gzipIsKnownByItsBytes() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(Dumps.small().getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = packed.toByteArray();
        assertThat(Dumps.read(bytes)).isEqualTo(Dumps.read(Dumps.small()));
        for (int length : new int[] {2, 5, 11, bytes.length / 2, bytes.length - 1}) {
            assertThatThrownBy(() -> Dumps.read(Arrays.copyOf(bytes, length)))
                    .as("the first %d bytes", length)
                    .isInstanceOf(DumpFormatException.class)
                    .hasMessageContaining("cut short");
        }
        bytes[bytes.length - 6] ^= 1;
        assertThatThrownBy(() -> Dumps.read(bytes))
                .isInstanceOf(DumpFormatException.class)
                .hasMessageContaining("the gzip data are damaged");
    }
}
