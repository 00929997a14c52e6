// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.LeakPolicy;
import org.dmabufpool.Loan;
import org.dmabufpool.PoolExhaustedException;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recording made with {@code dmabuf-pool.jfc}, read back by the JDK's own {@code jfr print}. */
@Timeout(180)
class JfrEventsTest {

    private static final List<String> EVENTS =
            List.of("Allocate", "Release", "Share", "Lend", "LoanEnd", "Access", "Sync", "Refused", "Leak");
    private static final long CAPACITY = 1 << 20;

    @TempDir
    private Path directory;

    @Test
    void everyEventShowsWithItsFields() throws Exception {
        String printed;
        try (Recording recording = new Recording(profile())) {
            printed = print(recording);
        }
        assertThat(event(printed, "Allocate"))
                .contains("pool = \"recorded\"", "tag = \"frame\"", "offset = ", "bytes = 97.7 kB")
                .containsPattern("reservedBytes = [0-9.]+ kB")
                .containsPattern("requestTime = [0-9.]+ (us|ms|ns|s)")
                .containsPattern("handle = [0-9]+")
                .contains("eventThread = \"");
        assertThat(event(printed, "Release"))
                .contains("tag = \"frame\"", "bytes = 97.7 kB")
                .containsPattern("held = [0-9.]+ (us|ms|ns|s)");
        assertThat(event(printed, "Access"))
                .contains("tag = \"frame\"", "phase = \"START\"", "direction = \"WRITE\"", "bytes = 97.7 kB");
        assertThat(printed).contains("phase = \"END\"");
        assertThat(event(printed, "Sync"))
                .contains("pool = \"recorded\"", "phase = \"START\"", "direction = \"WRITE\"", "offset = ", "bytes = ")
                .containsPattern("syncTime = [0-9.]+ (us|ms|ns|s)");
        assertThat(event(printed, "Refused"))
                .contains("tag = \"too much\"", "bytes = 1.0 MB", "alignment = 4.0 kB", "why = \"EXHAUSTED\"")
                .containsPattern("requestTime = [0-9.]+ (us|ms|ns|s)")
                .contains("stackTrace = [", "JfrEventsTest.use");
        assertThat(event(printed, "Leak"))
                .contains("tag = \"dropped\"", "bytes = 5.0 kB", "givenBack = true")
                .containsPattern("age = [0-9.]+ (ms|s)");
        assertThat(event(printed, "Share")).contains("tag = \"encoder\"", "bytes = 97.7 kB");
        assertThat(event(printed, "Lend"))
                .contains("tag = \"encoder\"", "borrower = \"display\"", "direction = \"READ\"", "bytes = 97.7 kB");
        assertThat(event(printed, "LoanEnd"))
                .contains("tag = \"display\"", "direction = \"READ\"", "failed = false")
                .containsPattern("lent = [0-9.]+ (us|ms|ns|s)");
        assertThat(event(printed, "Allocate")).doesNotContain("stackTrace");
    }

    @Test
    void withSettingsThatDoNotNameThemNoneShows() throws Exception {
        for (String settings : new String[] {"default", "profile"}) {
            try (Recording recording = new Recording(Configuration.getConfiguration(settings))) {
                assertThat(print(recording)).doesNotContain("dmabufpool.");
            }
        }
    }

    @Test
    void theProfileNamesEveryEventThereIs() throws Exception {
        new JfrEvents().refused("", SliceRequest.of(1), org.dmabufpool.PoolObserver.Refusal.INVALID, 0);
        for (Class<?> event : List.of(
                AllocateEvent.class,
                ReleaseEvent.class,
                ShareEvent.class,
                LendEvent.class,
                LoanEndEvent.class,
                AccessEvent.class,
                SyncEvent.class,
                RefusedEvent.class,
                LeakEvent.class)) {
            FlightRecorder.register(event.asSubclass(jdk.jfr.Event.class));
        }
        List<String> names = FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(EventType::getName)
                .filter(name -> name.startsWith("dmabufpool."))
                .toList();
        assertThat(names)
                .containsExactlyInAnyOrderElementsOf(
                        EVENTS.stream().map(name -> "dmabufpool." + name).toList());
        assertThat(profile().getSettings().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        names.stream().map(name -> name + "#enabled").toList());
    }

    private static Configuration profile() throws Exception {
        try (Reader settings =
                new InputStreamReader(JfrEvents.class.getResourceAsStream("dmabuf-pool.jfc"), StandardCharsets.UTF_8)) {
            return Configuration.create(settings);
        }
    }

    private String print(Recording recording) throws Exception {
        Path file = directory.resolve("pool.jfr");
        recording.start();
        use();
        recording.stop();
        recording.dump(file);
        Path printed = directory.resolve("printed.txt");
        Process jfr = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jfr").toString(),
                        "print",
                        "--categories",
                        "dmabuf-pool",
                        "--stack-depth",
                        "64",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        assertThat(jfr.waitFor(60, TimeUnit.SECONDS)).as("jfr print ends").isTrue();
        assertThat(jfr.exitValue()).as(read(printed)).isZero();
        return read(printed);
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    /** Each of them happens, the allocation first that is looked at. */
    private static void use() {
        try (DmaBufPool pool = DmaBufPool.builder()
                .name("recorded")
                .heap(new ModelHeap())
                .capacity(CAPACITY)
                .leaks(LeakPolicy.GIVE_BACK)
                .observer(new JfrEvents())
                .build()) {
            try (Slice slice = pool.allocate(SliceRequest.of(100_000).tag("frame"))) {
                try (CpuAccess access = slice.write()) {
                    access.buffer().put(0, (byte) 1);
                }
                assertThatThrownBy(() -> pool.allocate(
                                SliceRequest.of(CAPACITY).alignment(4096).tag("too much")))
                        .isInstanceOf(PoolExhaustedException.class);
            }
            try (Slice slice = pool.allocate(100_000);
                    Slice encoder = slice.share("encoder");
                    Loan loan = encoder.lend(Direction.READ, "display")) {
                assertThat(loan.isOpen()).isTrue();
            }
            drop(pool);
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                System.gc();
                return pool.statistics().leaks() == 1 && pool.statistics().usedBytes() == 0;
            });
        }
    }

    private static void drop(DmaBufPool pool) {
        pool.allocate(SliceRequest.of(5 << 10).tag("dropped"));
    }

    /** The first one of a kind. */
    private static String event(String printed, String name) {
        return Stream.of(printed.split(Pattern.quote("\n\n")))
                .filter(event -> event.startsWith("dmabufpool." + name + " {"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no dmabufpool." + name + " in\n" + printed));
    }
}
