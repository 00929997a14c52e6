// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A V4L2 capture driver that fills every queued buffer at once. Not safe for use by many threads. */
final class FakeCamera extends ForwardingSyscalls {

    static final String PATH = "/dev/video7";
    static final int FRAME_BYTES = 640 * 480 * 2;

    private final Map<Long, Deque<Integer>> scripted = new HashMap<>();
    private final Deque<Integer> pollAnswers = new ArrayDeque<>();
    private final Deque<Integer> queued = new ArrayDeque<>();
    final List<String> log = new ArrayList<>();
    int capabilities = V4l2Layout.CAP_VIDEO_CAPTURE | V4l2Layout.CAP_STREAMING;
    int nextBytesUsed = FRAME_BYTES;
    int nextFlags;
    int openErrno;
    int bytesPerLine = 1280;
    /** What ENUM_FMT lists, with its flags. */
    final Map<String, Integer> formats = new LinkedHashMap<>(Map.of("YUYV", 0));
    /** What every dma-buf's end is sought at. */
    long dmaBufBytes = 1 << 20;

    private int buffers;
    private boolean streaming;
    private int sequence;

    /** The next calls of an ioctl answer so. */
    void script(long request, Errno... errors) {
        for (Errno error : errors) {
            scripted.computeIfAbsent(request, ignored -> new ArrayDeque<>()).add(-error.number());
        }
    }

    /** The next poll calls answer so: an error, or the events ready. */
    void scriptPoll(int... answers) {
        for (int answer : answers) {
            pollAnswers.add(answer);
        }
    }

    @Override
    public List<String> list(String directory) {
        return directory.equals("/dev")
                ? List.of("null", "v4l", "video7", "video8x", "videodev")
                : super.list(directory);
    }

    @Override
    public int open(String path, int flags) {
        if (openErrno != 0) {
            return -openErrno;
        }
        return super.open("/dev/null", flags);
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        return whence == LinuxAbi.SEEK_END ? dmaBufBytes : 0;
    }

    @Override
    public int poll(long descriptors, int count, int timeoutMillis) {
        int answer = pollAnswers.isEmpty() ? readyEvents() : pollAnswers.remove();
        if (answer > 0) {
            Scratch.asLeft().putShort(PollDescriptor.REVENTS, (short) answer);
        }
        return answer > 0 ? 1 : answer;
    }

    private int readyEvents() {
        if (!streaming) {
            return LinuxAbi.POLLERR;
        }
        return queued.isEmpty() ? 0 : LinuxAbi.POLLIN;
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
        Deque<Integer> answers = scripted.getOrDefault(request, new ArrayDeque<>());
        if (!answers.isEmpty()) {
            return answers.remove();
        }
        Scratch scratch = Scratch.asLeft();
        if (request == V4l2Layout.QUERYCAP) {
            return queryCapability(scratch);
        } else if (request == V4l2Layout.ENUM_FMT) {
            return enumerateFormats(scratch);
        } else if (request == V4l2Layout.S_FMT) {
            return setFormat(scratch);
        } else if (request == V4l2Layout.S_PARM) {
            log.add("rate " + scratch.getInt(V4l2Layout.STREAMPARM_DENOMINATOR));
            scratch.putInt(V4l2Layout.STREAMPARM_NUMERATOR, 1001).putInt(V4l2Layout.STREAMPARM_DENOMINATOR, 30000);
            return 0;
        } else if (request == V4l2Layout.REQBUFS) {
            return requestBuffers(scratch);
        } else if (request == V4l2Layout.QBUF) {
            return queue(scratch);
        } else if (request == V4l2Layout.DQBUF) {
            return dequeue(scratch);
        } else if (request == V4l2Layout.STREAMON || request == V4l2Layout.STREAMOFF) {
            streaming = request == V4l2Layout.STREAMON;
            log.add(streaming ? "on " + scratch.getInt(0) : "off " + scratch.getInt(0));
            return 0;
        } else if (request == V4l2Layout.QUERYCTRL) {
            return queryControl(scratch);
        } else if (request == V4l2Layout.S_CTRL) {
            log.add("control " + scratch.getInt(V4l2Layout.CONTROL_ID) + "="
                    + scratch.getInt(V4l2Layout.CONTROL_VALUE));
            return 0;
        } else if (request == V4l2Layout.S_INPUT) {
            log.add("input " + scratch.getInt(0));
            return 0;
        }
        return -Errno.ENOTTY.number();
    }

    private int queryCapability(Scratch scratch) {
        putText(scratch, V4l2Layout.CAPABILITY_DRIVER, "fake");
        putText(scratch, V4l2Layout.CAPABILITY_CARD, "Fake Camera");
        scratch.putInt(V4l2Layout.CAPABILITY_CAPABILITIES, V4l2Layout.CAP_DEVICE_CAPS | 0x85200001);
        scratch.putInt(V4l2Layout.CAPABILITY_DEVICE_CAPS, capabilities);
        return 0;
    }

    private static void putText(Scratch scratch, int offset, String text) {
        for (int i = 0; i < text.length(); i += 2) {
            int second = i + 1 < text.length() ? text.charAt(i + 1) : 0;
            scratch.putShort(offset + i, (short) (text.charAt(i) | second << 8));
        }
    }

    private int enumerateFormats(Scratch scratch) {
        int index = scratch.getInt(V4l2Layout.FMTDESC_INDEX);
        if (index >= formats.size() || scratch.getInt(V4l2Layout.FMTDESC_TYPE) != V4l2Layout.BUF_TYPE_VIDEO_CAPTURE) {
            return -Errno.EINVAL.number();
        }
        String fourcc = List.copyOf(formats.keySet()).get(index);
        scratch.putInt(V4l2Layout.FMTDESC_PIXELFORMAT, V4l2Layout.pixelFormat(fourcc))
                .putInt(V4l2Layout.FMTDESC_FLAGS, formats.get(fourcc));
        return 0;
    }

    /** Refused while there are buffers, as videobuf2's drivers do. */
    private int setFormat(Scratch scratch) {
        if (buffers > 0) {
            return -Errno.EBUSY.number();
        }
        log.add("format " + scratch.getInt(V4l2Layout.FORMAT_WIDTH) + "x" + scratch.getInt(V4l2Layout.FORMAT_HEIGHT)
                + " "
                + V4l2Layout.fourcc(scratch.getInt(V4l2Layout.FORMAT_PIXELFORMAT)) + " type "
                + scratch.getInt(V4l2Layout.FORMAT_TYPE));
        scratch.putInt(V4l2Layout.FORMAT_WIDTH, 640)
                .putInt(V4l2Layout.FORMAT_HEIGHT, 480)
                .putInt(V4l2Layout.FORMAT_BYTESPERLINE, bytesPerLine)
                .putInt(V4l2Layout.FORMAT_SIZEIMAGE, FRAME_BYTES);
        return 0;
    }

    private int requestBuffers(Scratch scratch) {
        log.add("buffers " + scratch.getInt(V4l2Layout.REQUESTBUFFERS_COUNT) + " of memory "
                + scratch.getInt(V4l2Layout.REQUESTBUFFERS_MEMORY));
        if (streaming) {
            return -Errno.EBUSY.number();
        }
        buffers = scratch.getInt(V4l2Layout.REQUESTBUFFERS_COUNT);
        queued.clear();
        return 0;
    }

    private int queue(Scratch scratch) {
        int index = scratch.getInt(V4l2Layout.BUFFER_INDEX);
        queued.add(index);
        log.add("queue " + index + " fd " + scratch.getInt(V4l2Layout.BUFFER_FD) + " length "
                + scratch.getInt(V4l2Layout.BUFFER_LENGTH) + " memory " + scratch.getInt(V4l2Layout.BUFFER_MEMORY));
        return 0;
    }

    private int dequeue(Scratch scratch) {
        if (!streaming) {
            return -Errno.EINVAL.number();
        }
        if (queued.isEmpty()) {
            return -Errno.EAGAIN.number();
        }
        sequence++;
        scratch.putInt(V4l2Layout.BUFFER_INDEX, queued.remove())
                .putInt(V4l2Layout.BUFFER_BYTESUSED, nextBytesUsed)
                .putInt(V4l2Layout.BUFFER_FLAGS, nextFlags)
                .putLong(V4l2Layout.BUFFER_SECONDS, 5)
                .putLong(V4l2Layout.BUFFER_MICROSECONDS, 7)
                .putInt(V4l2Layout.BUFFER_SEQUENCE, sequence);
        return 0;
    }

    /** Three: a heading, a disabled one, and one that can be set. */
    private static int queryControl(Scratch scratch) {
        int after = scratch.getInt(V4l2Layout.QUERYCTRL_ID) & ~V4l2Layout.CTRL_FLAG_NEXT_CTRL;
        if (after >= 3) {
            return -Errno.EINVAL.number();
        }
        int id = after + 1;
        scratch.putInt(V4l2Layout.QUERYCTRL_ID, id)
                .putInt(V4l2Layout.QUERYCTRL_TYPE, id == 1 ? V4l2Layout.CTRL_TYPE_CTRL_CLASS : 1)
                .putInt(V4l2Layout.QUERYCTRL_FLAGS, id == 2 ? V4l2Layout.CTRL_FLAG_DISABLED : 0)
                .putInt(V4l2Layout.QUERYCTRL_MINIMUM, -2)
                .putInt(V4l2Layout.QUERYCTRL_MAXIMUM, 9)
                .putInt(V4l2Layout.QUERYCTRL_DEFAULT, 4);
        putText(scratch, V4l2Layout.QUERYCTRL_NAME, "Test Pattern");
        return 0;
    }
}
