// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.dmabufpool.bench.text.Words;
import org.dmabufpool.linux.LinuxFacts;
import org.dmabufpool.linux.LinuxFacts.DeviceFact;
import org.dmabufpool.linux.LinuxFacts.UdmabufFact;
import org.dmabufpool.linux.VideoDevice;

/** Judges what the kernel tells: it works without root, and where there is nothing to be found. */
public final class Doctor {

    private static final String SYSTEM = "system";
    private static final String HEAPS = "dma-heaps";
    private static final String UDMABUF = "udmabuf";
    private static final String PARTIAL = "partial sync";
    private static final String VENDOR = "vendor sync";
    private static final String CAMERAS = "cameras";
    private static final String OPEN_FILES = "open files";
    private static final long FEW_FILES = 1024;
    /** What a burst of 12 megapixels needs, with some room. */
    private static final long ENOUGH_MEMORY = 512L << 20;

    private final LinuxFacts facts;
    private final SyncProbe probe;

    /** A doctor for given facts. */
    Doctor(LinuxFacts facts, SyncProbe probe) {
        this.facts = facts;
        this.probe = probe;
    }

    /** Looks at this machine. */
    public static List<Finding> examine() {
        return new Doctor(LinuxFacts.read(), new MachineSyncProbe()).findings();
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(kernel());
        heaps(findings);
        udmabuf(findings);
        findings.add(partialSync());
        findings.add(vendorSync());
        chosenSync(findings);
        cameras(findings);
        findings.add(Finding.fact("cache line", facts.cacheLineBytes() + " bytes (" + facts.cacheLineSource() + ")"));
        findings.add(Finding.fact("page", Words.bytes(facts.pageBytes())));
        findings.add(openFiles());
        findings.add(memory());
        return findings;
    }

    private Finding kernel() {
        return facts.kernelRelease().isEmpty()
                ? Finding.missing(
                        "kernel",
                        "no Linux kernel found",
                        "dma-bufs are a thing of Linux; only the model heap works here",
                        "run this on Linux or Android")
                : Finding.fact("kernel", facts.kernelRelease() + ", " + System.getProperty("os.arch"));
    }

    private void heaps(List<Finding> findings) {
        for (DeviceFact heap : facts.heaps()) {
            String name = "dma-heap " + heap.name();
            findings.add(
                    heap.opens()
                            ? Finding.good(name, heap.path() + " opens")
                            : Finding.missing(
                                    name,
                                    heap.path() + ": " + heap.error(),
                                    "this program may not take memory from this heap",
                                    permission("SUBSYSTEM==\"dma_heap\", KERNEL==\"" + heap.name() + "\"")));
        }
        if (facts.heaps().isEmpty()) {
            findings.add(Finding.missing(
                    HEAPS,
                    "no /dev/dma_heap",
                    "no pool over a dma-heap, which is what phones and boards use",
                    "a kernel from 5.6 on with CONFIG_DMABUF_HEAPS=y and CONFIG_DMABUF_HEAPS_SYSTEM=y; Debian's 6.12"
                            + " has both, 6.1 neither"));
        }
    }

    private void udmabuf(List<Finding> findings) {
        UdmabufFact udmabuf = facts.udmabuf();
        if (udmabuf.device().opens()) {
            findings.add(Finding.good(
                    UDMABUF,
                    udmabuf.device().path() + " opens; a window has at most " + limit(udmabuf.sizeLimitBytes(), true)
                            + ", a list at most " + limit(udmabuf.listLimit(), false)
                            + " pieces"));
            return;
        }
        findings.add(Finding.missing(
                UDMABUF,
                udmabuf.device().path() + ": " + udmabuf.device().error(),
                "no windows of slices: a V4L2 camera cannot write into a pool",
                udmabuf.device().present()
                        ? permission("SUBSYSTEM==\"misc\", KERNEL==\"udmabuf\"")
                        : "a kernel with CONFIG_UDMABUF (where it is a module: modprobe udmabuf)"));
    }

    private static String limit(OptionalLong limit, boolean bytes) {
        if (limit.isEmpty()) {
            return "(untold)";
        }
        return bytes ? Words.bytes(limit.getAsLong()) : Long.toString(limit.getAsLong());
    }

    private Finding partialSync() {
        boolean opens = facts.heaps().stream().anyMatch(heap -> heap.name().equals(SYSTEM) && heap.opens());
        if (!opens) {
            return Finding.fact(PARTIAL, "not asked: there is no dma-heap '" + SYSTEM + "' that opens");
        }
        if (probe.partialAnswers(SYSTEM)) {
            return Finding.fact(
                    PARTIAL,
                    "the kernel knows DMA_BUF_IOCTL_SYNC_PARTIAL; whether a heap has the operation behind it, no"
                            + " answer tells: it must be trusted by name or tested (SyncSelfTest)");
        }
        return Finding.missing(
                PARTIAL,
                "the kernel does not know DMA_BUF_IOCTL_SYNC_PARTIAL (ENOTTY)",
                "slices are synced by windows (heap udmabuf), or the whole buffer is, one access at a time",
                "a vendor's kernel that has it, such as Rockchip's with CONFIG_DMABUF_PARTIAL; mainline has not");
    }

    private Finding vendorSync() {
        List<String> devices = probe.vendorDevices();
        return devices.isEmpty()
                ? Finding.fact(VENDOR, "no device that is known to sync ranges (XRING's, LWIS's)")
                : Finding.good(
                        VENDOR,
                        String.join(", ", devices) + ": name it with vendorSync, or let a SyncSelfTest try it first");
    }

    /** What a pool over each heap would take, and why nothing narrower. */
    private void chosenSync(List<Finding> findings) {
        for (DeviceFact heap : facts.heaps()) {
            if (heap.opens()) {
                findings.add(Finding.fact("sync of " + heap.name(), probe.choiceOf(heap.name())));
            }
        }
    }

    private void cameras(List<Finding> findings) {
        List<VideoDevice> devices = facts.videoDevices();
        for (VideoDevice device : devices) {
            if (device.captures()) {
                findings.add(
                        Finding.good("camera", device.path() + ": " + device.card() + " (" + device.driver() + ")"));
            } else if (device.multiPlanar()) {
                findings.add(Finding.fact(
                        "camera",
                        device.path() + ": " + device.card() + " (" + device.driver()
                                + "), multi-planar only, which is not supported yet"));
            }
        }
        if (devices.stream().noneMatch(VideoDevice::captures)) {
            findings.add(Finding.missing(
                    CAMERAS,
                    devices.isEmpty() ? "no /dev/video*" : unfit(devices),
                    "'shoot' takes its frames from the synthetic sensor",
                    "plug a USB camera in, or load the kernel's virtual one: modprobe vivid n_devs=1; reading"
                            + " /dev/video* takes membership of the group 'video'"));
        }
    }

    private static String unfit(List<VideoDevice> devices) {
        List<String> paths = devices.stream().map(VideoDevice::path).toList();
        return String.join(", ", paths) + ": none opens and captures";
    }

    private Finding openFiles() {
        String limit = facts.openFilesLimit();
        String value = limit + ", may be raised to " + facts.openFilesHardLimit();
        boolean few = limit.matches("\\d{1,18}") && Long.parseLong(limit) < FEW_FILES;
        return few
                ? Finding.missing(
                        OPEN_FILES,
                        value,
                        "every window of a slice is an open file: a pool with many runs out",
                        "ulimit -n " + FEW_FILES + ", or LimitNOFILE= in a systemd unit")
                : Finding.good(OPEN_FILES, value);
    }

    private Finding memory() {
        OptionalLong available = facts.memoryAvailableBytes();
        if (available.isEmpty()) {
            return Finding.fact("memory", "untold");
        }
        String value = Words.bytes(available.getAsLong()) + " available";
        return available.getAsLong() >= ENOUGH_MEMORY
                ? Finding.good("memory", value)
                : Finding.missing(
                        "memory",
                        value,
                        "a burst of 12 megapixels needs about " + Words.bytes(ENOUGH_MEMORY),
                        "end other programs, or shoot with a smaller --size");
    }

    private static String permission(String match) {
        return "as root write '" + match + ", GROUP=\"video\", MODE=\"0660\"' to"
                + " /etc/udev/rules.d/70-dmabuf-pool.rules, run udevadm control --reload && udevadm trigger, and make"
                + " the user a member of the group 'video'";
    }
}
