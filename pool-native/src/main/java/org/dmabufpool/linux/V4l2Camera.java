// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.dmabufpool.Loan;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.Direction;
import org.jspecify.annotations.Nullable;

/**
 * A V4L2 camera that writes its frames straight into dma-bufs of the caller (V4L2_MEMORY_DMABUF).
 *
 * <p>The order of calls: {@link #open}, {@link #configure}, {@link #requestBuffers}, {@link #queue} for every buffer,
 * {@link #start}, then {@link #dequeue} and {@link #queue} for every frame, {@link #stop}, {@link #close}. To configure
 * anew: {@link #stop}, {@link #configure}, and so on. A capture queue has no field for an offset: the camera writes from the
 * first byte of the descriptor it is given, so a slice of a pool is queued by the descriptor of its window.
 *
 * <p>A slice that is queued is lent to the camera until its frame is dequeued, or {@link #stop} returns: its place stays
 * reserved, and the CPU is kept away. A dma-buf that is queued by its descriptor is the caller's to keep as long. Safe for
 * use by many threads: one may wait in {@link #dequeue} while others queue; {@link #stop} ends that wait.
 */
public final class V4l2Camera implements AutoCloseable {

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    /** What poll(2) can wait for at a time is 24 days and some hours. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(24);

    /** No driver has as many; an enumeration that does not end is a fault of the driver. */
    private static final int MOST_FORMATS = 1024;

    /** The compressed formats of include/uapi/linux/videodev2.h, for drivers that do not list what they send. */
    private static final Set<String> COMPRESSED = Set.of(
            "MJPG", "JPEG", "PJPG", "dvsd", "MPEG", "H264", "AVC1", "M264", "S264", "H263", "MPG1", "MPG2", "MG2S",
            "MPG4", "XVID", "VC1G", "VC1L", "VP80", "VP8F", "VP90", "VP9F", "HEVC", "S265", "FWHT", "SFWH", "AV1F",
            "RV30", "RV40", "JPGL");

    private final V4l2Device device;
    private volatile boolean streaming;
    private volatile boolean buffersRequested;
    private volatile @Nullable CameraFormat format;
    private final String borrower;
    /** Loans of the slices that the driver holds, by buffer index. */
    private final Map<Integer, Loan> loans = new ConcurrentHashMap<>();

    private V4l2Camera(V4l2Device device) {
        this.device = device;
        this.borrower = "camera " + device.path();
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
                        "(%s, %s) %s. Take another video device.",
                        described.driver(), described.card(), unfit(described));
            }
            return rollback.keep(new V4l2Camera(device));
        }
    }

    private static String unfit(VideoDevice device) {
        return device.multiPlanar()
                ? "is multi-planar only; not supported yet"
                : "does not stream frames through the single-planar capture interface";
    }

    /** What the camera says of itself. */
    public VideoDevice describe() {
        return device.describe();
    }

    /**
     * Asks for a format; the driver takes the nearest that it has. Buffers requested before are given up first, and the
     * loans of those that are queued end: no driver changes its format while it has buffers.
     *
     * @param width pixels in a row, above 0
     * @param height rows, above 0
     * @param fourcc the pixel format's four letters, such as {@code YUYV}
     * @return what the driver has taken
     * @throws IllegalArgumentException if a value is out of range
     * @throws CameraException if this camera streams, or the driver refuses, for instance as another program uses the
     *     camera (EBUSY)
     */
    public CameraFormat configure(int width, int height, String fourcc) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a frame has pixels: width=" + width + ", height=" + height);
        }
        int pixelFormat = V4l2Layout.pixelFormat(fourcc);
        if (streaming) {
            throw device.failure("streams, and cannot change its format to %s: stop() it first.", fourcc);
        }
        giveBuffersBack(); // A driver that holds buffers of the format before answers EBUSY.
        Scratch asked = Scratch.cleared(V4l2Layout.FORMAT_BYTES)
                .putInt(V4l2Layout.FORMAT_TYPE, V4l2Layout.BUF_TYPE_VIDEO_CAPTURE)
                .putInt(V4l2Layout.FORMAT_WIDTH, width)
                .putInt(V4l2Layout.FORMAT_HEIGHT, height)
                .putInt(V4l2Layout.FORMAT_PIXELFORMAT, pixelFormat)
                .putInt(V4l2Layout.FORMAT_FIELD, V4l2Layout.FIELD_NONE);
        device.require("VIDIOC_S_FMT", V4l2Layout.S_FMT, asked, "The driver has no format near this one.");
        CameraFormat taken = formatIn(asked);
        format = taken;
        return taken;
    }

    private CameraFormat formatIn(Scratch answer) {
        int width = answer.getInt(V4l2Layout.FORMAT_WIDTH);
        int height = answer.getInt(V4l2Layout.FORMAT_HEIGHT);
        int pixelFormat = answer.getInt(V4l2Layout.FORMAT_PIXELFORMAT);
        int bytesPerLine = answer.getInt(V4l2Layout.FORMAT_BYTESPERLINE);
        int imageBytes = answer.getInt(V4l2Layout.FORMAT_SIZEIMAGE);
        boolean compressed = compressed(pixelFormat); // Last, as it overwrites the answer.
        return new CameraFormat(width, height, V4l2Layout.fourcc(pixelFormat), bytesPerLine, imageBytes, compressed);
    }

    /** As the driver lists the format; where it does not, as the format is known. */
    private boolean compressed(int pixelFormat) {
        for (int index = 0; index < MOST_FORMATS; index++) {
            Scratch listed = Scratch.cleared(V4l2Layout.FMTDESC_BYTES)
                    .putInt(V4l2Layout.FMTDESC_INDEX, index)
                    .putInt(V4l2Layout.FMTDESC_TYPE, V4l2Layout.BUF_TYPE_VIDEO_CAPTURE);
            long answer = device.call(V4l2Layout.ENUM_FMT, listed);
            if (Errno.EINVAL.is(answer) || Errno.ENOTTY.is(answer)) {
                break;
            }
            if (answer < 0) {
                throw device.refusal("VIDIOC_ENUM_FMT of format " + index, answer);
            }
            if (listed.getInt(V4l2Layout.FMTDESC_PIXELFORMAT) == pixelFormat) {
                return (listed.getInt(V4l2Layout.FMTDESC_FLAGS) & V4l2Layout.FMT_FLAG_COMPRESSED) != 0;
            }
        }
        return COMPRESSED.contains(V4l2Layout.fourcc(pixelFormat));
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
     * Lends a slice to the camera, which will write one frame into it. The loan ends when the frame is dequeued, or the
     * camera is stopped or closed; the slice may be closed before.
     *
     * @param index the buffer's index, below what {@link #requestBuffers} returned
     * @param slice of a pool over a heap with windows, as long as a frame at least
     * @throws CameraException if the driver refuses, or the index is queued already; the slice is not lent then
     * @throws org.dmabufpool.AccessConflictException if the slice is lent already, such as under another index, or an access
     *     is open
     * @throws UnsupportedOperationException if the pool's heap has no windows
     */
    public void queue(int index, Slice slice) {
        if (loans.containsKey(index)) {
            throw device.failure(
                    "has buffer %d queued already. Dequeue its frame first, or take another index.", index);
        }
        Loan loan = slice.lend(Direction.WRITE, borrower);
        boolean queued = false;
        try {
            loans.put(index, loan);
            int length = (int) Math.min(slice.length(), Integer.MAX_VALUE);
            queue(index, loan.window().fd(), length);
            queued = true;
        } finally {
            if (!queued) {
                loans.remove(index, loan);
                loan.close();
            }
        }
    }

    /**
     * Gives a dma-buf to the camera, which will write one frame from its first byte on. Nothing guards it meanwhile.
     *
     * @param index the buffer's index, below what {@link #requestBuffers} returned
     * @param fd the dma-buf's descriptor; the driver takes a reference of its own
     * @param length bytes of it that the camera may use; 0 for all of them
     * @throws IllegalArgumentException if the length is negative
     * @throws CameraException if the dma-buf has fewer bytes than that, or the driver refuses, for instance as the buffer is
     *     smaller than a frame
     */
    public void queue(int index, int fd, int length) {
        requireWithin(index, fd, length);
        Scratch buffer = bufferRequest()
                .putInt(V4l2Layout.BUFFER_INDEX, index)
                .putInt(V4l2Layout.BUFFER_FD, fd)
                .putInt(V4l2Layout.BUFFER_LENGTH, length);
        String call = "VIDIOC_QBUF of buffer " + index + " (fd " + fd + ", " + length + " bytes)";
        String invalid =
                "The index was not granted, the buffer is queued already, the descriptor is no dma-buf, or it is"
                        + " smaller than the format's " + imageBytes() + " bytes.";
        device.require(call, V4l2Layout.QBUF, buffer, invalid);
    }

    /** A driver answers EFAULT for a length past the end, and says why in the kernel's log only. */
    private void requireWithin(int index, int fd, int length) {
        if (length < 0) {
            throw new IllegalArgumentException("a buffer's length is 0 or above: length=" + length);
        }
        long size = device.sizeOf(fd);
        if (size >= 0 && length > size) {
            throw device.failure(
                    "cannot write %d bytes into fd %d for buffer %d: that dma-buf has %d bytes. Queue at most that"
                            + " length.",
                    length, fd, index, size);
        }
    }

    private int imageBytes() {
        CameraFormat now = format;
        return now == null ? 0 : now.imageBytes();
    }

    /** The least bytes of a whole frame. */
    private int completeBytes() {
        CameraFormat now = format;
        return now == null || now.compressed() ? 0 : now.imageBytes();
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
     * @param timeout how long to wait, at most 24 days; zero or less asks without waiting
     * @throws CameraException if no frame came in time, the camera vanished (ENODEV) or does not stream, or the frame is
     *     damaged or shorter than the format's; {@link CameraException#frame()} has it then
     */
    public CameraFrame dequeue(Duration timeout) {
        Duration wait = bounded(timeout);
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

    private static Duration bounded(Duration timeout) {
        if (timeout.isNegative()) {
            return Duration.ZERO;
        }
        return timeout.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : timeout;
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
        endLoan(frame.index());
        boolean damaged = (buffer.getInt(V4l2Layout.BUFFER_FLAGS) & V4l2Layout.BUF_FLAG_ERROR) != 0;
        int wanted = completeBytes();
        if (damaged || frame.bytesUsed() < wanted) {
            String message = device.path() + " sent frame " + frame.sequence()
                    + (damaged ? " with damaged data" : " too short") + ": " + frame.bytesUsed() + " bytes of "
                    + wanted + " in buffer " + frame.index() + ". Queue the buffer again for another frame.";
            throw new CameraException(message, CameraException.NO_ERRNO, frame);
        }
        return frame;
    }

    private void endLoan(int index) {
        Loan loan = loans.remove(index);
        if (loan != null) {
            loan.close();
        }
    }

    /** The driver holds no buffer any more. */
    private void endLoans() {
        for (Integer index : loans.keySet()) {
            endLoan(index);
        }
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
     * @throws CameraException if the driver refuses; the camera still streams then, and holds its buffers
     */
    public void stop() {
        if (streaming) {
            device.require("VIDIOC_STREAMOFF", V4l2Layout.STREAMOFF, captureType());
            streaming = false;
            endLoans();
        }
    }

    /**
     * Stops, gives the buffers back and closes the device; a camera that has vanished is closed quietly. Whatever the
     * driver refuses, the rest is tried and the descriptor is closed, which ends the stream. A second call does nothing.
     *
     * @throws CameraException if the driver refuses to stop or to give the buffers back
     */
    @Override
    public void close() {
        try (Rollback all = new Rollback()) {
            all.add(this::forget); // Last: closing the device takes every buffer from the driver (vb2_fop_release).
            all.add(device::close);
            all.add(() -> unlessVanished(this::giveBuffersBack));
            all.add(() -> unlessVanished(this::stop));
        }
    }

    private void forget() {
        streaming = false;
        buffersRequested = false;
        endLoans();
    }

    private void giveBuffersBack() {
        if (buffersRequested) {
            request(0);
            buffersRequested = false;
            endLoans();
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
