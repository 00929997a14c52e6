// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * What a V4L2 capture device understands, single-planar, on 64-bit Linux (include/uapi/linux/videodev2.h).
 *
 * <pre>
 *  struct v4l2_capability, 104 bytes        struct v4l2_format, 208 bytes
 *    0 driver      16 characters              0 u32 type
 *   16 card        32 characters              8 struct v4l2_pix_format
 *   48 bus_info    32 characters                +0 width   +4 height  +8 pixelformat  +12 field
 *   80 u32 version                              +16 bytesperline      +20 sizeimage   ...
 *   84 u32 capabilities
 *   88 u32 device_caps                      struct v4l2_streamparm, 204 bytes
 *                                             0 u32 type
 *  struct v4l2_requestbuffers, 20 bytes       4 u32 capability   8 u32 capturemode
 *    0 u32 count   4 u32 type                12 u32 numerator   16 u32 denominator (s per frame)
 *    8 u32 memory 12 u32 capabilities
 *
 *  struct v4l2_buffer, 88 bytes             struct v4l2_queryctrl, 68 bytes
 *    0 u32 index      4 u32 type              0 u32 id          4 u32 type
 *    8 u32 bytesused 12 u32 flags             8 name, 32 characters
 *   16 u32 field     24 timeval s, us        40 s32 minimum    44 s32 maximum
 *   40 timecode      56 u32 sequence         48 s32 step       52 s32 default
 *   60 u32 memory    64 m.fd                 56 u32 flags
 *   72 u32 length
 *                                           struct v4l2_control, 8 bytes: 0 u32 id  4 s32 value
 *  struct v4l2_fmtdesc, 64 bytes
 *    0 u32 index      4 u32 type
 *    8 u32 flags     12 description, 32 characters
 *   44 u32 pixelformat                       48 mbus_code   52 reserved
 * </pre>
 */
final class V4l2Layout {

    private static final char TYPE = 'V';

    /** Where the devices are, and how their names begin. */
    static final String DEVICES = "/dev";

    static final String DEVICE_PREFIX = "video";

    static final int CAPABILITY_BYTES = 104;
    static final int CAPABILITY_DRIVER = 0;
    static final int CAPABILITY_DRIVER_CHARACTERS = 16;
    static final int CAPABILITY_CARD = 16;
    static final int CAPABILITY_CARD_CHARACTERS = 32;
    static final int CAPABILITY_CAPABILITIES = 84;
    static final int CAPABILITY_DEVICE_CAPS = 88;

    static final int CAP_VIDEO_CAPTURE = 0x00000001;
    static final int CAP_VIDEO_CAPTURE_MPLANE = 0x00001000;
    static final int CAP_STREAMING = 0x04000000;
    static final int CAP_DEVICE_CAPS = 0x80000000;

    static final int BUF_TYPE_VIDEO_CAPTURE = 1;
    static final int FIELD_NONE = 1;
    static final int MEMORY_DMABUF = 4;

    static final int FORMAT_BYTES = 208;
    static final int FORMAT_TYPE = 0;
    static final int FORMAT_WIDTH = 8;
    static final int FORMAT_HEIGHT = 12;
    static final int FORMAT_PIXELFORMAT = 16;
    static final int FORMAT_FIELD = 20;
    static final int FORMAT_BYTESPERLINE = 24;
    static final int FORMAT_SIZEIMAGE = 28;

    static final int FMTDESC_BYTES = 64;
    static final int FMTDESC_INDEX = 0;
    static final int FMTDESC_TYPE = 4;
    static final int FMTDESC_FLAGS = 8;
    static final int FMTDESC_PIXELFORMAT = 44;

    /** Frames of the format differ in size. */
    static final int FMT_FLAG_COMPRESSED = 0x1;

    static final int STREAMPARM_BYTES = 204;
    static final int STREAMPARM_TYPE = 0;
    static final int STREAMPARM_NUMERATOR = 12;
    static final int STREAMPARM_DENOMINATOR = 16;

    static final int REQUESTBUFFERS_BYTES = 20;
    static final int REQUESTBUFFERS_COUNT = 0;
    static final int REQUESTBUFFERS_TYPE = 4;
    static final int REQUESTBUFFERS_MEMORY = 8;

    static final int BUFFER_BYTES = 88;
    static final int BUFFER_INDEX = 0;
    static final int BUFFER_TYPE = 4;
    static final int BUFFER_BYTESUSED = 8;
    static final int BUFFER_FLAGS = 12;
    static final int BUFFER_SECONDS = 24;
    static final int BUFFER_MICROSECONDS = 32;
    static final int BUFFER_SEQUENCE = 56;
    static final int BUFFER_MEMORY = 60;
    static final int BUFFER_FD = 64;
    static final int BUFFER_LENGTH = 72;

    /** The driver's own word that a frame's data are damaged. */
    static final int BUF_FLAG_ERROR = 0x40;

    static final int CONTROL_BYTES = 8;
    static final int CONTROL_ID = 0;
    static final int CONTROL_VALUE = 4;

    static final int QUERYCTRL_BYTES = 68;
    static final int QUERYCTRL_ID = 0;
    static final int QUERYCTRL_TYPE = 4;
    static final int QUERYCTRL_NAME = 8;
    static final int QUERYCTRL_NAME_CHARACTERS = 32;
    static final int QUERYCTRL_MINIMUM = 40;
    static final int QUERYCTRL_MAXIMUM = 44;
    static final int QUERYCTRL_DEFAULT = 52;
    static final int QUERYCTRL_FLAGS = 56;

    /** Asks for the control after this one. */
    static final int CTRL_FLAG_NEXT_CTRL = 0x80000000;

    static final int CTRL_FLAG_DISABLED = 0x1;

    /** A heading in the list of controls, which has no value. */
    static final int CTRL_TYPE_CTRL_CLASS = 6;

    static final long QUERYCAP = IoctlEncoding.ior(TYPE, 0, CAPABILITY_BYTES);
    static final long ENUM_FMT = IoctlEncoding.iowr(TYPE, 2, FMTDESC_BYTES);
    static final long S_FMT = IoctlEncoding.iowr(TYPE, 5, FORMAT_BYTES);
    static final long REQBUFS = IoctlEncoding.iowr(TYPE, 8, REQUESTBUFFERS_BYTES);
    static final long QBUF = IoctlEncoding.iowr(TYPE, 15, BUFFER_BYTES);
    static final long DQBUF = IoctlEncoding.iowr(TYPE, 17, BUFFER_BYTES);
    static final long STREAMON = IoctlEncoding.iow(TYPE, 18, Integer.BYTES);
    static final long STREAMOFF = IoctlEncoding.iow(TYPE, 19, Integer.BYTES);
    static final long S_PARM = IoctlEncoding.iowr(TYPE, 22, STREAMPARM_BYTES);
    static final long S_CTRL = IoctlEncoding.iowr(TYPE, 28, CONTROL_BYTES);
    static final long QUERYCTRL = IoctlEncoding.iowr(TYPE, 36, QUERYCTRL_BYTES);
    static final long S_INPUT = IoctlEncoding.iowr(TYPE, 39, Integer.BYTES);

    private V4l2Layout() {}

    /**
     * A pixel format's number: its letters, the first one lowest.
     *
     * @throws IllegalArgumentException unless there are four letters of ASCII
     */
    static int pixelFormat(String fourcc) {
        if (fourcc.length() != Integer.BYTES || fourcc.chars().anyMatch(letter -> letter < ' ' || letter > '~')) {
            throw new IllegalArgumentException(
                    "a pixel format has four letters, such as YUYV: fourcc=\"" + fourcc + "\"");
        }
        int number = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            number |= fourcc.charAt(i) << (i * Byte.SIZE);
        }
        return number;
    }

    /** The letters of a pixel format's number. */
    static String fourcc(int pixelFormat) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < Integer.BYTES; i++) {
            letters.append((char) (pixelFormat >>> (i * Byte.SIZE) & 0x7F));
        }
        return letters.toString();
    }
}
