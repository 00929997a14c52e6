// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * What this machine offers a pool, as the kernel tells it. Facts only: nothing is judged, and what cannot be known is
 * empty.
 *
 * @param kernelRelease such as {@code 6.12.9}; empty where the kernel does not tell
 * @param heaps the dma-heaps, by name
 * @param udmabuf the device that makes windows
 * @param pageBytes size of a page
 * @param cacheLineBytes the longest cache line of the first CPU, or what is taken for it
 * @param cacheLineSource the file that told it, or the reason for what is taken
 * @param openFilesLimit how many descriptors this process may have (soft RLIMIT_NOFILE): a number, or {@code unlimited}
 * @param openFilesHardLimit to what it may raise that
 * @param memoryAvailableBytes MemAvailable of {@code /proc/meminfo}, where told
 * @param videoDevices all video devices, with what they say of themselves
 */
public record LinuxFacts(
        String kernelRelease,
        List<DeviceFact> heaps,
        UdmabufFact udmabuf,
        int pageBytes,
        int cacheLineBytes,
        String cacheLineSource,
        String openFilesLimit,
        String openFilesHardLimit,
        OptionalLong memoryAvailableBytes,
        List<VideoDevice> videoDevices) {

    private static final String RELEASE_FILE = "/proc/sys/kernel/osrelease";
    private static final String DEVICES = "/dev";
    private static final String LIMITS_FILE = "/proc/self/limits";

    /**
     * A device and whether it opens.
     *
     * @param name what people call it
     * @param path its file
     * @param present whether there is such a file
     * @param opens whether this process may open it
     * @param error why not, such as {@code EACCES (permission denied)}; empty where it opens
     */
    public record DeviceFact(String name, String path, boolean present, boolean opens, String error) {}

    /**
     * {@code /dev/udmabuf} and its limits, which the kernel tells once the driver is there.
     *
     * @param device the device
     * @param sizeLimitBytes the most bytes one udmabuf, hence one window, may have
     * @param listLimit the most pieces one udmabuf may be listed from
     */
    public record UdmabufFact(DeviceFact device, OptionalLong sizeLimitBytes, OptionalLong listLimit) {}

    /** Asks the kernel; opens and closes each device once. */
    public static LinuxFacts read() {
        return read(Libc.INSTANCE);
    }

    /**
     * Whether the kernel knows {@code DMA_BUF_IOCTL_SYNC_PARTIAL} on a dma-buf. It answers ENOTTY where it does not; any
     * other answer proves nothing of what the exporter does.
     *
     * @param fd a dma-buf's descriptor; no cache line of it is touched
     */
    public static boolean partialSyncAnswers(int fd) {
        return PartialSupport.answers(Libc.INSTANCE, fd);
    }

    /** The paths of vendors' devices that are known to sync ranges ({@link XringSync}, {@link LwisSync}), sorted. */
    public static List<String> vendorSyncDevices() {
        return vendorSyncDevices(Libc.INSTANCE);
    }

    static List<String> vendorSyncDevices(Syscalls syscalls) {
        List<String> devices = new ArrayList<>();
        for (String name : syscalls.list(DEVICES)) {
            String path = DEVICES + "/" + name;
            if (path.equals(XringSync.DEVICE) || path.startsWith(LwisSync.DEVICE_PREFIX)) {
                devices.add(path);
            }
        }
        return Collections.unmodifiableList(devices);
    }

    static LinuxFacts read(Syscalls syscalls) {
        CacheLine line = CacheLine.of(syscalls);
        String limits = text(syscalls, LIMITS_FILE);
        return new LinuxFacts(
                text(syscalls, RELEASE_FILE).trim(),
                heaps(syscalls),
                udmabuf(syscalls),
                syscalls.pageSize(),
                line.bytes(),
                line.source(),
                ProcFiles.openFilesLimit(limits),
                ProcFiles.openFilesHardLimit(limits),
                AvailableMemory.bytes(syscalls),
                Collections.unmodifiableList(V4l2Devices.describe(syscalls)));
    }

    private static List<DeviceFact> heaps(Syscalls syscalls) {
        List<DeviceFact> heaps = new ArrayList<>();
        for (String name : syscalls.list(DmaHeapIoctl.DIRECTORY)) {
            heaps.add(device(syscalls, name, DmaHeapIoctl.DIRECTORY + "/" + name, LinuxAbi.O_RDONLY));
        }
        return Collections.unmodifiableList(heaps);
    }

    private static UdmabufFact udmabuf(Syscalls syscalls) {
        return new UdmabufFact(
                device(syscalls, UdmabufIoctl.EXPORTER, UdmabufIoctl.DEVICE, LinuxAbi.O_RDWR),
                UdmabufDevice.sizeLimit(syscalls),
                UdmabufDevice.parameter(syscalls, UdmabufIoctl.LIST_LIMIT_FILE));
    }

    private static DeviceFact device(Syscalls syscalls, String name, String path, int flags) {
        int fd = syscalls.open(path, flags);
        if (fd < 0) {
            return new DeviceFact(name, path, !Errno.ENOENT.is(fd), false, Errno.describe(-fd));
        }
        new OwnedFd(syscalls, path, fd).close();
        return new DeviceFact(name, path, true, true, "");
    }

    private static String text(Syscalls syscalls, String file) {
        try {
            return syscalls.readText(file);
        } catch (IOException unreadable) {
            return "";
        }
    }
}
