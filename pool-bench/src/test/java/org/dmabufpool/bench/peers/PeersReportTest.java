// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersReportTest {

    @TempDir
    private Path folder;

    static Result result(Peer peer, int threads, double ns, double ratio, double best, double bytes) {
        return new Result(
                peer.label(),
                threads,
                peer.handsOutOffsets(),
                ns,
                ns,
                ratio,
                ns,
                ns,
                2 * ns,
                best,
                best,
                bytes,
                0,
                null);
    }

    static PeersReport report() {
        WorkloadResults hot = new WorkloadResults(
                "hot",
                "vma",
                List.of(
                        result(Peer.OURS_ALONE, 1, 10, 0.25, 100, 0),
                        result(Peer.OURS_SLICE, 1, 60, 1.5, 15, 48),
                        result(Peer.VMA, 1, 40, 1, 25, 0),
                        result(Peer.VMA_LOCKED, 1, 80, 2, 12, 0)));
        WorkloadResults live = new WorkloadResults(
                "live-256",
                "vma-min-memory",
                List.of(
                        result(Peer.OURS_ALONE, 1, 60, 0.75, 16, 0),
                        result(Peer.OURS_HANDLES, 1, 80, 1, 12, 0),
                        result(Peer.OURS_HANDLES, 2, 100, 1.25, 21, 0),
                        result(Peer.VMA_MIN_MEMORY, 1, 80, 1, 12, 0),
                        result(Peer.VMA_LOCKED, 1, 100, 1.25, 10, 0),
                        refused(Peer.JEMALLOC)));
        Footprint camera = new Footprint("camera", "ours", 1.02, 1.04, 0.04, List.of(1.02, 1.04, 1.01));
        return PeersReport.of(Pace.QUICK, List.of(hot, live), List.of(camera));
    }

    private static Result refused(Peer peer) {
        return new Result(peer.label(), 1, false, 0, 0, null, 0, 0, 0, 0, 0, 0, 0, "no library");
    }

    @Test
    void figuresAreResultsDividedByOthers() {
        assertThat(report().ratios())
                .containsEntry("hotAloneToVmaBest", 0.25)
                .containsEntry("live256AloneToVmaMinMemory", 0.75)
                .containsEntry("live256AloneToVmaMinMemoryP999", 0.75)
                .containsEntry("live256HandlesToVmaLocked", 0.8)
                .containsEntry("hotSliceToVmaLocked", 0.75)
                .containsEntry("twoThreadsToOneHandles", 1.75)
                .containsEntry("bytesPerPairHandles", 0.0)
                .containsEntry("footprintCameraMedian", 1.02)
                .containsEntry("footprintCameraWorst", 1.04)
                .containsEntry("metadataCameraPercent", 0.04);
        assertThat(report().ratios().get("twoThreadsToOneHandlesByCpuTime")).isCloseTo(1.6, Offset.offset(1e-9));
    }

    @Test
    void whatWasNotMeasuredIsThereAndNull() {
        assertThat(report().ratios())
                .containsEntry("live100kToLive256", null)
                .containsEntry("bytesPerPairSlice", null)
                .containsEntry("footprintOddSize", null)
                .hasSize(Figure.ALL.size());
    }

    @Test
    void jsonIsReadAgainAsItWas() throws IOException {
        Path file = folder.resolve("peers.json");
        PeersReport written = report();
        new ObjectMapper().writeValue(file.toFile(), written);
        assertThat(PeersReport.read(file)).isEqualTo(written);
    }

    @Test
    void otherFilesAreRefusedWithTheReason() throws IOException {
        Path other = Files.writeString(folder.resolve("other.json"), "{\"trace\": 1}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PeersReport.read(other))
                .withMessageContainingAll("other.json is no report of this version of peers", "trace");
        Path text = Files.writeString(folder.resolve("text"), "a,1,2");
        assertThatIllegalArgumentException().isThrownBy(() -> PeersReport.read(text));
        assertThatIOException()
                .isThrownBy(() -> PeersReport.read(folder.resolve("none")))
                .withMessageContaining("cannot read");
    }

    @Test
    void tablesTellWhatWasMeasuredAndWhoRefused() {
        StringWriter text = new StringWriter();
        PeersTable.print(report(), new PrintWriter(text));
        assertThat(text.toString())
                .contains("hot: ns of CPU time a pair, ratio to vma", "not measured: no library", "1.0200")
                .containsPattern("hotAloneToVmaBest +0.250 ")
                .doesNotContain("live100kToLive256");
    }

    @Test
    void markdownHasOneTableForEachThingAndWhatWasWanted() {
        StringWriter text = new StringWriter();
        PeersMarkdown.print(report(), new PrintWriter(text));
        assertThat(text.toString())
                .contains("VMA's quickest strategy | 0.250 | at most 0.8, better 0.5 |")
                .contains("two threads to that of one | 1.750 | at least 1.7, better 1.95 |")
                .contains("| live-256 | threads |", "| ours-handles | 2 | 100.0 |", "| ours | 1.020 (1.040) |")
                .doesNotContain("jemalloc");
        assertThat(text.toString().lines().filter(line -> line.startsWith("|---")))
                .hasSize(4);
    }

    @Test
    void theChartIsAnImageWithADotForEveryTime() throws Exception {
        String svg = PeersChart.draw(report());
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(svg.split("<circle ", -1)).hasSize(1 + 4 + 4);
        assertThat(svg)
                .contains(">ours-alone<", ">live-256<", "prefers-color-scheme: dark")
                .doesNotContain("jemalloc");
    }

    @Test
    void aReportWithoutTimesHasAChartWithoutDots() {
        PeersReport empty = PeersReport.of(Pace.QUICK, List.of(), List.of());
        assertThat(PeersChart.draw(empty)).contains("</svg>").doesNotContain("<circle ");
    }
}
