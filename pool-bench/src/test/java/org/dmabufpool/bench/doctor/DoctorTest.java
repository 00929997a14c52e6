// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.dmabufpool.bench.cli.Cli;
import org.dmabufpool.linux.LinuxFacts;
import org.dmabufpool.linux.LinuxFacts.DeviceFact;
import org.dmabufpool.linux.LinuxFacts.UdmabufFact;
import org.dmabufpool.linux.VideoDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

    private static final LinuxFacts EVERYTHING = new LinuxFacts(
            "6.12.9",
            List.of(new DeviceFact("system", "/dev/dma_heap/system", true, true, "")),
            new UdmabufFact(
                    new DeviceFact("udmabuf", "/dev/udmabuf", true, true, ""),
                    OptionalLong.of(64 << 20),
                    OptionalLong.of(1024)),
            4096,
            64,
            "test",
            "1048576",
            "1048576",
            OptionalLong.of(8L << 30),
            List.of(new VideoDevice("/dev/video0", "vivid", "vivid", true, false, 0)));

    private static final LinuxFacts NOTHING = new LinuxFacts(
            "",
            List.of(),
            new UdmabufFact(
                    new DeviceFact("udmabuf", "/dev/udmabuf", false, false, "ENOENT"),
                    OptionalLong.empty(),
                    OptionalLong.empty()),
            4096,
            128,
            "assumed",
            "256",
            "unlimited",
            OptionalLong.of(64 << 20),
            List.of());

    private static final LinuxFacts FORBIDDEN = new LinuxFacts(
            "6.12.9",
            List.of(new DeviceFact("system", "/dev/dma_heap/system", true, false, "EACCES (permission denied)")),
            new UdmabufFact(
                    new DeviceFact("udmabuf", "/dev/udmabuf", true, false, "EACCES (permission denied)"),
                    OptionalLong.empty(),
                    OptionalLong.empty()),
            4096,
            64,
            "test",
            "unlimited",
            "unlimited",
            OptionalLong.empty(),
            List.of(new VideoDevice("/dev/video0", "", "", false, false, 13)));

    @Test
    void whereAllIsThereNothingIsMissing() {
        List<Finding> findings = new Doctor(EVERYTHING, probe(true)).findings();
        assertThat(findings).noneMatch(finding -> finding.state() == Finding.State.MISSING);
        assertThat(value(findings, "udmabuf")).contains("64 MiB").contains("1024 pieces");
        assertThat(value(findings, "camera")).contains("/dev/video0");
        assertThat(value(findings, "partial sync")).contains("trusted by name or tested");
    }

    @Test
    void aMultiPlanarCameraIsNamedAsSuch() {
        List<VideoDevice> devices = List.of(
                new VideoDevice("/dev/video0", "isp", "Image Processor", false, true, 0),
                new VideoDevice("/dev/video1", "", "", false, false, 13));
        List<Finding> findings = new Doctor(withCameras(devices), probe(true)).findings();
        assertThat(value(findings, "camera")).contains("/dev/video0", "Image Processor (isp)", "multi-planar only");
        assertThat(find(findings, "cameras").state()).isEqualTo(Finding.State.MISSING);
    }

    private static LinuxFacts withCameras(List<VideoDevice> devices) {
        return new LinuxFacts(
                EVERYTHING.kernelRelease(),
                EVERYTHING.heaps(),
                EVERYTHING.udmabuf(),
                EVERYTHING.pageBytes(),
                EVERYTHING.cacheLineBytes(),
                EVERYTHING.cacheLineSource(),
                EVERYTHING.openFilesLimit(),
                EVERYTHING.openFilesHardLimit(),
                EVERYTHING.memoryAvailableBytes(),
                devices);
    }

    @Test
    void itSaysHowAPoolOverEachHeapWouldBeSyncedAndWhy() {
        List<Finding> findings = new Doctor(EVERYTHING, probe(true)).findings();
        assertThat(value(findings, "sync of system")).isEqualTo("whole, as a pool over system says");
        assertThat(value(findings, "vendor sync")).contains("/dev/lwis-top", "vendorSync", "SyncSelfTest");
        assertThat(value(new Doctor(NOTHING, new NoHeaps()).findings(), "vendor sync"))
                .contains("no device");
    }

    @Test
    void anUnknownIoctlIsSaidToBeMissing() {
        assertThat(value(new Doctor(EVERYTHING, probe(false)).findings(), "partial sync"))
                .contains("ENOTTY");
    }

    @Test
    void whateverIsMissingHasAMeaningAndARemedy() {
        for (LinuxFacts facts : List.of(NOTHING, FORBIDDEN)) {
            List<Finding> findings = new Doctor(facts, new NoHeaps()).findings();
            assertThat(findings)
                    .filteredOn(finding -> finding.state() == Finding.State.MISSING)
                    .hasSizeGreaterThan(2)
                    .allSatisfy(finding -> {
                        assertThat(finding.meaning()).isNotBlank();
                        assertThat(finding.remedy()).isNotBlank();
                    });
        }
    }

    @Test
    void permissionIsHadByAUdevRule() {
        List<Finding> findings = new Doctor(FORBIDDEN, probe(false)).findings();
        assertThat(find(findings, "dma-heap system").remedy()).contains("udev").contains("KERNEL==\"system\"");
        assertThat(find(findings, "udmabuf").remedy()).contains("udev").contains("KERNEL==\"udmabuf\"");
        assertThat(find(new Doctor(NOTHING, probe(false)).findings(), "udmabuf").remedy())
                .contains("CONFIG_UDMABUF");
    }

    @Test
    void thisMachineIsExaminedWhateverItHas(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("doctor.json");
        Cli cli = Cli.run("doctor", "--json=" + json);
        assertThat(cli.code()).isZero();
        assertThat(cli.err()).isEmpty();
        assertThat(cli.out()).contains("kernel", "udmabuf", "cache line", "page", "open files", "memory");
        JsonNode findings = new ObjectMapper().readTree(json.toFile()).get("findings");
        assertThat(findings).hasSizeGreaterThan(7);
        for (JsonNode finding : findings) {
            assertThat(finding.fieldNames())
                    .toIterable()
                    .containsExactly("name", "state", "value", "meaning", "remedy");
        }
    }

    private static SyncProbe probe(boolean partialAnswers) {
        return new SyncProbe() {
            @Override
            public boolean partialAnswers(String heap) {
                return partialAnswers;
            }

            @Override
            public String choiceOf(String heap) {
                return "whole, as a pool over " + heap + " says";
            }

            @Override
            public List<String> vendorDevices() {
                return List.of("/dev/lwis-top");
            }
        };
    }

    /** Where no heap opens, none may be asked. */
    private static final class NoHeaps implements SyncProbe {
        @Override
        public boolean partialAnswers(String heap) {
            throw new AssertionError("there is no heap to ask");
        }

        @Override
        public String choiceOf(String heap) {
            throw new AssertionError("there is no heap to ask");
        }

        @Override
        public List<String> vendorDevices() {
            return List.of();
        }
    }

    private static String value(List<Finding> findings, String name) {
        return find(findings, name).value();
    }

    private static Finding find(List<Finding> findings, String name) {
        return findings.stream()
                .filter(finding -> finding.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing of '" + name + "' in " + findings));
    }
}
