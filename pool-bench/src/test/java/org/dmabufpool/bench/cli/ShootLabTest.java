// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.dmabufpool.linux.CameraControl;
import org.dmabufpool.linux.Footprint;
import org.dmabufpool.linux.V4l2Camera;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The main job on a real kernel: real heaps, and the kernel's virtual camera at /dev/video0. */
@Tag("lab")
class ShootLabTest {

    private static final String CAMERA = "/dev/video0";

    /** The test card's bars from left to right, in 75 % of full brightness. */
    private static final int[] BARS = {0xbfbfbf, 0xbfbf00, 0x00bfbf, 0x00bf00, 0xbf00bf, 0xbf0000, 0x0000bf, 0x000000};

    /** What 8-bit YUV, averaging and JPEG may change a value by. */
    private static final int TOLERANCE = 4;

    @TempDir
    private Path folder;

    @Test
    void theCamerasColourBarsComeOutBarByBar() throws IOException {
        holdTheTestCardStill();
        Path json = folder.resolve("shoot.json");
        Cli cli = shoot("bars.jpg", "--camera=" + CAMERA, "--size=1280x720", "--frames=4", "--json=" + json);
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.get("heap").asText()).isEqualTo("udmabuf");
        assertThat(report.get("sync").asText()).isEqualTo("window");
        assertThat(report.get("width").asInt()).isEqualTo(1280);
        assertThat(report.get("height").asInt()).isEqualTo(720);
        BufferedImage picture = ImageIO.read(folder.resolve("bars.jpg").toFile());
        keep("bars.jpg");
        int bar = picture.getWidth() / BARS.length;
        for (int i = 0; i < BARS.length; i++) {
            // The driver writes its text into the upper part.
            for (int y = picture.getHeight() * 2 / 3; y < picture.getHeight() - 20; y += 9) {
                for (int x = i * bar + 20; x < (i + 1) * bar - 20; x += 7) {
                    assertClose(picture.getRGB(x, y), BARS[i], "bar " + i + " at " + x + "," + y);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "auto,auto,system,whole",
        "system,auto,system,whole",
        "udmabuf,auto,udmabuf,window",
        "udmabuf,whole,udmabuf,whole",
        "memfd,auto,memfd,none"
    })
    void everyHeapGivesTheModelsPictureByteForByte(String heap, String sync, String heapUsed, String syncUsed)
            throws IOException {
        Path json = folder.resolve("shoot.json");
        String size = "--size=480x320";
        assertThat(shoot("model.jpg", "--heap=model", size, "--frames=4").code())
                .isZero();
        Cli cli = shoot("real.jpg", "--heap=" + heap, "--sync=" + sync, size, "--frames=4", "--json=" + json);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(folder.resolve("real.jpg")).hasSameBinaryContentAs(folder.resolve("model.jpg"));
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.get("heap").asText()).isEqualTo(heapUsed);
        assertThat(report.get("sync").asText()).isEqualTo(syncUsed);
    }

    @Test
    void aBusyCameraIsNamedAndNothingIsLeft() throws IOException {
        List<String> descriptors = Footprint.descriptors();
        try (V4l2Camera other = V4l2Camera.open(CAMERA)) {
            other.configure(640, 480, "YUYV");
            other.requestBuffers(2);
            Cli cli = shoot("never.jpg", "--camera=" + CAMERA, "--frames=2");
            assertThat(cli.code()).isEqualTo(1);
            assertThat(cli.err().lines()).hasSize(1);
            assertThat(cli.err()).contains(CAMERA).contains("EBUSY");
        }
        assertThat(folder).isEmptyDirectory();
        assertThat(Footprint.descriptors()).isEqualTo(descriptors);
    }

    @Test
    void doctorFindsHeapUdmabufAndCamera() {
        Cli cli = Cli.run("doctor");
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .containsPattern("ok +dma-heap system +/dev/dma_heap/system opens")
                .containsPattern("ok +udmabuf +/dev/udmabuf opens; a window has at most 64 MiB")
                .containsPattern("ok +camera +/dev/video0: vivid")
                .contains("DMA_BUF_IOCTL_SYNC_PARTIAL (ENOTTY)");
    }

    @Test
    void aShotLeavesNoDescriptorsOpen() throws IOException {
        shoot("warm-up.jpg", "--camera=" + CAMERA, "--size=640x360", "--frames=2");
        List<String> descriptors = Footprint.descriptors();
        for (String heap : List.of("system", "udmabuf")) {
            assertThat(shoot("a.jpg", "--heap=" + heap, "--size=96x64", "--frames=2")
                            .code())
                    .isZero();
        }
        assertThat(shoot("a.jpg", "--camera=" + CAMERA, "--size=640x360", "--frames=2")
                        .code())
                .isZero();
        assertThat(Footprint.descriptors()).isEqualTo(descriptors);
    }

    private static void assertClose(int rgb, int expected, String where) {
        for (int shift = 0; shift <= 16; shift += 8) {
            int wanted = (expected >> shift) & 0xff;
            assertThat((rgb >> shift) & 0xff)
                    .as("%s: %06x", where, rgb & 0xffffff)
                    .isBetween(wanted - TOLERANCE, wanted + TOLERANCE);
        }
    }

    /** What a test before this one may have changed. */
    private static void holdTheTestCardStill() {
        try (V4l2Camera camera = V4l2Camera.open(CAMERA)) {
            for (CameraControl control : camera.controls()) {
                if (control.name().equals("Test Pattern") || control.name().endsWith(" Movement")) {
                    camera.setControl(control.id(), control.defaultValue());
                }
            }
        }
    }

    private Cli shoot(String out, String... arguments) {
        List<String> all = new ArrayList<>(List.of("shoot", "--out=" + folder.resolve(out)));
        all.addAll(List.of(arguments));
        return Cli.run(all.toArray(String[]::new));
    }

    /** Hands a picture to the host, for people to look at. */
    private void keep(String name) throws IOException {
        String results = System.getProperty("lab.results");
        if (results != null) {
            Files.copy(folder.resolve(name), Path.of(results, name));
        }
    }
}
