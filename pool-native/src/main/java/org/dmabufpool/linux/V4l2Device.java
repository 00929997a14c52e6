// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.Locale;

/** A video device, open, and its ioctls. Safe for use by many threads. */
final class V4l2Device implements AutoCloseable {

    private final Syscalls syscalls;
    private final String path;
    private final OwnedFd fd;

    private V4l2Device(Syscalls syscalls, String path, OwnedFd fd) {
        this.syscalls = syscalls;
        this.path = path;
        this.fd = fd;
    }

    /**
     * Opens a device so that no call on it waits; waiting is done with {@link #poll}.
     *
     * @throws CameraException if the kernel refuses
     */
    static V4l2Device open(Syscalls syscalls, String path) {
        int number = syscalls.open(path, LinuxAbi.O_RDWR | LinuxAbi.O_NONBLOCK);
        if (number < 0) {
            throw Refusal.ofCamera("open", path, number, Remedy.openingCamera(syscalls, number));
        }
        return new V4l2Device(syscalls, path, new OwnedFd(syscalls, path, number));
    }

    String path() {
        return path;
    }

    /** What the device says of itself. */
    VideoDevice describe() {
        Scratch answer = Scratch.cleared(V4l2Layout.CAPABILITY_BYTES);
        long result = call(V4l2Layout.QUERYCAP, answer);
        if (Errno.ENOTTY.is(result)) {
            throw Refusal.ofCamera("VIDIOC_QUERYCAP", path, result, Remedy.noCamera(syscalls));
        }
        if (result < 0) {
            throw refusal("VIDIOC_QUERYCAP", result);
        }
        String driver = answer.getText(V4l2Layout.CAPABILITY_DRIVER, V4l2Layout.CAPABILITY_DRIVER_CHARACTERS);
        String card = answer.getText(V4l2Layout.CAPABILITY_CARD, V4l2Layout.CAPABILITY_CARD_CHARACTERS);
        return new VideoDevice(path, driver, card, captures(answer), isMultiPlanar(answer), CameraException.NO_ERRNO);
    }

    private static boolean captures(Scratch answer) {
        int wanted = V4l2Layout.CAP_VIDEO_CAPTURE | V4l2Layout.CAP_STREAMING;
        return (capabilities(answer) & wanted) == wanted;
    }

    private static boolean isMultiPlanar(Scratch answer) {
        return (capabilities(answer) & V4l2Layout.CAP_VIDEO_CAPTURE_MPLANE) != 0;
    }

    private static int capabilities(Scratch answer) {
        int ofDriver = answer.getInt(V4l2Layout.CAPABILITY_CAPABILITIES);
        return (ofDriver & V4l2Layout.CAP_DEVICE_CAPS) != 0
                ? answer.getInt(V4l2Layout.CAPABILITY_DEVICE_CAPS)
                : ofDriver;
    }

    /** Bytes of a dma-buf, or -1 where its descriptor does not tell. */
    long sizeOf(int dmaBuf) {
        long size = syscalls.lseek(dmaBuf, 0, LinuxAbi.SEEK_END);
        return size < 0 || syscalls.lseek(dmaBuf, 0, LinuxAbi.SEEK_SET) < 0 ? -1 : size;
    }

    /** One ioctl, restarted when a signal interrupts it; gives its answer, whatever it is. */
    long call(long request, Scratch argument) {
        int number = fd.use();
        try {
            long answer = syscalls.ioctl(number, request, argument.address());
            for (int tries = 0; Errno.EINTR.is(answer) && tries < SyncCalls.MAX_RESTARTS; tries++) {
                answer = syscalls.ioctl(number, request, argument.address());
            }
            return answer;
        } finally {
            fd.done();
        }
    }

    /**
     * One ioctl that must succeed.
     *
     * @throws CameraException if it does not
     */
    void require(String name, long request, Scratch argument) {
        long answer = call(request, argument);
        if (answer < 0) {
            throw refusal(name, answer);
        }
    }

    /** The same, with an explanation of its own for EINVAL. */
    void require(String name, long request, Scratch argument, String whenInvalid) {
        long answer = call(request, argument);
        if (answer < 0) {
            throw Errno.EINVAL.is(answer) ? refusal(name, answer, whenInvalid) : refusal(name, answer);
        }
    }

    /**
     * Waits until the device has something to say.
     *
     * @param timeoutMillis 0 or above
     * @return the events that came, or a negative {@link Errno}; 0 when the time is over
     */
    int poll(int timeoutMillis) {
        int number = fd.use();
        try {
            return PollDescriptor.poll(syscalls, number, LinuxAbi.POLLIN, timeoutMillis);
        } finally {
            fd.done();
        }
    }

    /** Makes the exception for a condition that no ioctl reported. */
    CameraException failure(String format, Object... values) {
        return new CameraException(path + " " + String.format(Locale.ROOT, format, values), CameraException.NO_ERRNO);
    }

    /** The exception for an answer of {@link #call} or {@link #poll}. */
    CameraException refusal(String name, long answer) {
        return refusal(name, answer, Remedy.cameraUse(syscalls, answer));
    }

    /** The same, with a remedy of its own. */
    CameraException refusal(String name, long answer, String remedy) {
        return Refusal.ofCamera(name, path, answer, remedy);
    }

    @Override
    public void close() {
        fd.close();
    }
}
