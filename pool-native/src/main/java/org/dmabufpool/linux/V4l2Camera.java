// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A V4L2 camera that writes its frames straight into dma-bufs of the caller (V4L2_MEMORY_DMABUF).
 *
 * <p>The order of calls: {@link #open}, {@link #configure}, {@link #requestBuffers}, {@link #queue} for every buffer,
 * {@link #start}, then {@link #dequeue} and {@link #queue} for every frame, {@link #stop}, {@link #close}. A capture
 * queue has no field for an offset: the camera writes from the first byte of the descriptor it is given, so a slice of a
 * pool is queued by the descriptor of its window.
 *
 * <p>The driver holds a queued dma-buf until the buffer is dequeued or {@link #stop} returns; do not free it before. Safe
 * for use by many threads: one may wait in {@link #dequeue} while others queue; {@link #stop} ends that wait.
 */
public final class V4l2Camera implements AutoCloseable {

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    /** What poll(2) can wait for at a time is 24 days and some hours. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(24);

    private final V4l2Device device;
    private volatile boolean streaming;
    private volatile boolean buffersRequested;
    private volatile int completeBytes;

    private V4l2Camera(V4l2Device device) {
        this.device = device;
    }

    /** The devices of this machine that open and capture. */
    public static List<VideoDevice> present() {
        List<VideoDevice> cameras = new ArrayList<>();
        for (VideoDevice device : V4l2Devices.describe(Libc.INSTANCE)) {
            if (device.captures()) {
                cameras.add(device);
            }
        }
        return cameras;
    }

    /**
     * Opens a camera.
     *
     * @param path such as {@code /dev/video0}
     * @throws CameraException if it is missing, not permitted or no capture device; nothing is left open then
     */
    public static V4l2Camera open(String path) {
        return open(Libc.INSTANCE, path);
    }

    static V4l2Camera open(Syscalls syscalls, String path) {
        try (Rollback rollback = new Rollback()) {
            V4l2Device device = V4l2Device.open(syscalls, path);
            rollback.add(device::close);
            VideoDevice described = device.describe();
            if (!described.captures()) {
                throw device.failure(
                        "(%s, %s) does not stream frames through the single-planar capture interface."
                                + " Take another video device.",
                        described.driver(), described.card());
            }
            return rollback.keep(new V4l2Camera(device));
        }
    }

    /** What the camera says of itself. */
    public VideoDevice describe() {
        return device.describe();
    }

    /**
     * Asks for a format; the driver takes the nearest that it has.
     *
     * @param width pixels in a row, above 0
     * @param height rows, above 0
     * @param fourcc the pixel format's four letters, such as {@code YUYV}
     * @return what the driver has taken
     * @throws IllegalArgumentException if a value is out of range
     * @throws CameraException if the driver refuses, for instance as another program uses the camera (EBUSY)
     */
    public CameraFormat configure(int width, int height, String fourcc) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a frame has pixels: width=" + width + ", height=" + height);
        }
        Scratch format = Scratch.cleared(V4l2Layout.FORMAT_BYTES)
                .putInt(V4l2Layout.FORMAT_TYPE, V4l2Layout.BUF_TYPE_VIDEO_CAPTURE)
                .putInt(V4l2Layout.FORMAT_WIDTH, width)
                .putInt(V4l2Layout.FORMAT_HEIGHT, height)
                .putInt(V4l2Layout.FORMAT_PIXELFORMAT, V4l2Layout.pixelFormat(fourcc))
                .putInt(V4l2Layout.FORMAT_FIELD, V4l2Layout.FIELD_NONE);
        device.require("VIDIOC_S_FMT", V4l2Layout.S_FMT, format, "The driver has no format near this one.");
        CameraFormat taken = formatIn(format);
        completeBytes = taken.compressed() ? 0 : taken.imageBytes();
        return taken;
    }

    private static CameraFormat formatIn(Scratch format) {
        return new CameraFormat(
                format.getInt(V4l2Layout.FORMAT_WIDTH),
                format.getInt(V4l2Layout.FORMAT_HEIGHT),
                V4l2Layout.fourcc(format.getInt(V4l2Layout.FORMAT_PIXELFORMAT)),
                format.getInt(V4l2Layout.FORMAT_BYTESPERLINE),
                format.getInt(V4l2Layout.FORMAT_SIZEIMAGE));
    }

    /**
     * Asks for a frame rate; the driver takes the nearest that it has.
     *
     * @param framesPerSecond above 0
     * @return the nanoseconds from frame to frame that the driver has taken
     * @throws CameraException if the driver refuses
     */
    public long setFrameRate(int framesPerSecond) {
        if (framesPerSecond < 1) {
            throw new IllegalArgumentException("a rate is above 0: framesPerSecond=" + framesPerSecond);
        }
        Scratch parameters = Scratch.cleared(V4l2Layout.STREAMPARM_BYTES)
                .putInt(V4l2Layout.STREAMPARM_TYPE, V4l2Layout.BUF_TYPE_VIDEO_CAPTURE)
                .putInt(V4l2Layout.STREAMPARM_NUMERATOR, 1)
                .putInt(V4l2Layout.STREAMPARM_DENOMINATOR, framesPerSecond);
        device.require("VIDIOC_S_PARM", V4l2Layout.S_PARM, parameters, "The driver has no frame rates.");
        long numerator = Integer.toUnsignedLong(parameters.getInt(V4l2Layout.STREAMPARM_NUMERATOR));
        long denominator = Integer.toUnsignedLong(parameters.getInt(V4l2Layout.STREAMPARM_DENOMINATOR));
        return TimeUnit.SECONDS.toNanos(numerator) / Math.max(1, denominator);
    }

    /** The settings that the camera has, in the driver's order. */
    public List<CameraControl> controls() {
        List<CameraControl> controls = new ArrayList<>();
        Scratch query = queryAfter(0);
        while (device.call(V4l2Layout.QUERYCTRL, query) >= 0) {
            int id = query.getInt(V4l2Layout.QUERYCTRL_ID);
            if (hasValue(query)) {
                controls.add(controlIn(query));
            }
            query = queryAfter(id);
        }
        return controls;
    }

    private static Scratch queryAfter(int id) {
        return Scratch.cleared(V4l2Layout.QUERYCTRL_BYTES)
                .putInt(V4l2Layout.QUERYCTRL_ID, id | V4l2Layout.CTRL_FLAG_NEXT_CTRL);
    }

    private static boolean hasValue(Scratch query) {
        return query.getInt(V4l2Layout.QUERYCTRL_TYPE) != V4l2Layout.CTRL_TYPE_CTRL_CLASS
                && (query.getInt(V4l2Layout.QUERYCTRL_FLAGS) & V4l2Layout.CTRL_FLAG_DISABLED) == 0;
    }

    private static CameraControl controlIn(Scratch query) {
        return new CameraControl(
                query.getInt(V4l2Layout.QUERYCTRL_ID),
                query.getText(V4l2Layout.QUERYCTRL_NAME, V4l2Layout.QUERYCTRL_NAME_CHARACTERS),
                query.getInt(V4l2Layout.QUERYCTRL_MINIMUM),
                query.getInt(V4l2Layout.QUERYCTRL_MAXIMUM),
                query.getInt(V4l2Layout.QUERYCTRL_DEFAULT));
    }

    /**
     * Changes a setting.
     *
     * @param id as {@link CameraControl#id()} names it
     * @throws CameraException if the driver has no such setting, or not this value
     */
    public void setControl(int id, int value) {
        Scratch control = Scratch.cleared(V4l2Layout.CONTROL_BYTES)
                .putInt(V4l2Layout.CONTROL_ID, id)
                .putInt(V4l2Layout.CONTROL_VALUE, value);
        String call = "VIDIOC_S_CTRL of control " + id + " to " + value;
        device.require(call, V4l2Layout.S_CTRL, control, "See controls() for what the camera has.");
    }

    /**
     * Chooses among the camera's inputs.
     *
     * @param index 0 or above
     * @throws CameraException if there is no such input
     */
    public void setInput(int index) {
        Scratch input = Scratch.cleared(Integer.BYTES).putInt(0, index);
        device.require("VIDIOC_S_INPUT " + index, V4l2Layout.S_INPUT, input, "There is no such input.");
    }

    /**
     * Announces how many dma-bufs will be queued.
     *
     * @param count above 0
     * @return how many the driver wants to have, which may be more or fewer
     * @throws CameraException if the driver cannot write into dma-bufs, or another program streams (EBUSY)
     */
    public int requestBuffers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a stream needs buffers: count=" + count);
        }
        int granted = request(count);
        buffersRequested = true;
        return granted;
    }

    private int request(int count) {
        Scratch request = Scratch.cleared(V4l2Layout.REQUESTBUFFERS_BYTES)
                .putInt(V4l2Layout.REQUESTBUFFERS_COUNT, count)
                .putInt(V4l2Layout.REQUESTBUFFERS_TYPE, V4l2Layout.BUF_TYPE_VIDEO_CAPTURE)
                .putInt(V4l2Layout.REQUESTBUFFERS_MEMORY, V4l2Layout.MEMORY_DMABUF);
        String invalid = "The driver does not write into dma-bufs (V4L2_MEMORY_DMABUF).";
        device.require("VIDIOC_REQBUFS of " + count, V4l2Layout.REQBUFS, request, invalid);
        return request.getInt(V4l2Layout.REQUESTBUFFERS_COUNT);
    }

    /**
     * Lends a dma-buf to the camera, which will write one frame from its first byte on.
     *
     * @param index the buffer's index, below what {@link #requestBuffers} returned
     * @param fd the dma-buf's descriptor; the driver takes a reference of its own
     * @param length bytes of it that the camera may use
     * @throws CameraException if the driver refuses, for instance as the buffer is smaller than a frame
     */
    public void queue(int index, int fd, int length) {
        Scratch buffer = bufferRequest()
                .putInt(V4l2Layout.BUFFER_INDEX, index)
                .putInt(V4l2Layout.BUFFER_FD, fd)
                .putInt(V4l2Layout.BUFFER_LENGTH, length);
        String call = "VIDIOC_QBUF of buffer " + index + " (fd " + fd + ", " + length + " bytes)";
        String invalid =
                "The index was not granted, the buffer is queued already, the descriptor is no dma-buf, or it is"
                        + " smaller than the format's " + completeBytes + " bytes.";
        device.require(call, V4l2Layout.QBUF, buffer, invalid);
    }

    private static Scratch bufferRequest() {
        return Scratch.cleared(V4l2Layout.BUFFER_BYTES)
                .putInt(V4l2Layout.BUFFER_TYPE, V4l2Layout.BUF_TYPE_VIDEO_CAPTURE)
                .putInt(V4l2Layout.BUFFER_MEMORY, V4l2Layout.MEMORY_DMABUF);
    }

    /**
     * Lets frames flow.
     *
     * @throws CameraException if the driver refuses
     */
    public void start() {
        String invalid = "Queue buffers first, as many as the driver asked for.";
        device.require("VIDIOC_STREAMON", V4l2Layout.STREAMON, captureType(), invalid);
        streaming = true;
    }

    /**
     * Waits for the oldest frame and takes it back from the camera.
     *
     * @param timeout how long to wait; zero asks without waiting
     * @throws CameraException if no frame came in time, the camera vanished (ENODEV) or does not stream, or the frame is
     *     damaged or shorter than the format's; {@link CameraException#frame()} has it then
     */
    public CameraFrame dequeue(Duration timeout) {
        Duration wait = timeout.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : timeout;
        long deadline = System.nanoTime() + wait.toNanos();
        CameraFrame frame = null;
        while (frame == null) {
            int events = device.poll(millisUntil(deadline));
            if (events == 0) {
                String message = "sent no frame within %d ms. Is it streaming, with buffers queued?";
                throw device.failure(message, wait.toMillis());
            }
            if (events < 0 && !Errno.EINTR.is(events)) {
                throw device.refusal("poll", events);
            }
            frame = events > 0 ? take(events) : null;
        }
        return frame;
    }

    /** Rounded up, so that the last wait is not a busy one. */
    private static int millisUntil(long deadline) {
        long nanos = Math.max(0, deadline - System.nanoTime());
        return (int) ((nanos + MILLISECOND - 1) / MILLISECOND);
    }

    /** The frame that is ready; null when another thread has just taken it. */
    private @Nullable CameraFrame take(int events) {
        Scratch buffer = bufferRequest();
        long answer = device.call(V4l2Layout.DQBUF, buffer);
        if (answer >= 0) {
            return complete(buffer);
        }
        if (Errno.EAGAIN.is(answer) && (events & LinuxAbi.POLLERR) == 0) {
            return null;
        }
        throw Errno.EINVAL.is(answer) || Errno.EAGAIN.is(answer)
                ? device.refusal("VIDIOC_DQBUF", answer, "The camera does not stream, or no buffer is queued.")
                : device.refusal("VIDIOC_DQBUF", answer);
    }

    private CameraFrame complete(Scratch buffer) {
        CameraFrame frame = frameIn(buffer);
        boolean damaged = (buffer.getInt(V4l2Layout.BUFFER_FLAGS) & V4l2Layout.BUF_FLAG_ERROR) != 0;
        if (damaged || frame.bytesUsed() < completeBytes) {
            String message = device.path() + " sent frame " + frame.sequence()
                    + (damaged ? " with damaged data" : " too short") + ": " + frame.bytesUsed() + " bytes of "
                    + completeBytes + " in buffer " + frame.index() + ". Queue the buffer again for another frame.";
            throw new CameraException(message, CameraException.NO_ERRNO, frame);
        }
        return frame;
    }

    private static CameraFrame frameIn(Scratch buffer) {
        return new CameraFrame(
                buffer.getInt(V4l2Layout.BUFFER_INDEX),
                buffer.getInt(V4l2Layout.BUFFER_BYTESUSED),
                Integer.toUnsignedLong(buffer.getInt(V4l2Layout.BUFFER_SEQUENCE)),
                TimeUnit.SECONDS.toNanos(buffer.getLong(V4l2Layout.BUFFER_SECONDS))
                        + TimeUnit.MICROSECONDS.toNanos(buffer.getLong(V4l2Layout.BUFFER_MICROSECONDS)));
    }

    /**
     * Stops the frames and takes every queued buffer back. Does nothing when the camera does not stream.
     *
     * @throws CameraException if the driver refuses
     */
    public void stop() {
        if (streaming) {
            streaming = false;
            device.require("VIDIOC_STREAMOFF", V4l2Layout.STREAMOFF, captureType());
        }
    }

    /**
     * Stops, gives the buffers back and closes the device; a camera that has vanished is closed quietly. A second call
     * does nothing.
     */
    @Override
    public void close() {
        try (Rollback all = new Rollback()) {
            all.add(device::close);
            all.add(() -> unlessVanished(this::giveBuffersBack));
            all.add(() -> unlessVanished(this::stop));
        }
    }

    private void giveBuffersBack() {
        if (buffersRequested) {
            buffersRequested = false;
            request(0);
        }
    }

    private static void unlessVanished(Runnable step) {
        try {
            step.run();
        } catch (CameraException refused) {
            if (refused.errno() != Errno.ENODEV.number()) {
                throw refused;
            }
        }
    }

    private static Scratch captureType() {
        return Scratch.cleared(Integer.BYTES).putInt(0, V4l2Layout.BUF_TYPE_VIDEO_CAPTURE);
    }
}
