// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package example;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.BufferRange;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Loan;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.linux.CameraFormat;
import org.dmabufpool.linux.CameraFrame;
import org.dmabufpool.linux.MemfdHeap;
import org.dmabufpool.linux.UdmabufHeap;
import org.dmabufpool.linux.V4l2Camera;

/**
 * A camera app to start from: frames arrive in slices of one pool, the CPU measures their brightness, and a display reads
 * them where they are.
 *
 * <pre>
 *   java -jar target/example-camera.jar               frames are made by the CPU, in ordinary memory
 *   java -jar target/example-camera.jar /dev/video0   a V4L2 camera writes into windows of the slices
 * </pre>
 */
public final class CameraApp {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int RING = 4;
    private static final int FRAMES = 30;
    private static final Duration FRAME_WAIT = Duration.ofSeconds(5);

    private CameraApp() {}

    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            makeFrames();
        } else {
            takeFrames(arguments[0]);
        }
    }

    /** Each frame is a slice of its own, and comes and goes: an allocation takes well below a microsecond. */
    private static void makeFrames() {
        long bytes = 2L * WIDTH * HEIGHT;
        try (DmaBufPool pool = DmaBufPool.builder()
                .name("camera")
                .heap(new MemfdHeap()) // a board has new DmaHeap("system")
                .capacity(RING * bytes)
                .build()) {
            for (int number = 0; number < FRAMES; number++) {
                try (Slice frame = pool.allocate(SliceRequest.of(bytes).tag("raw"))) {
                    try (CpuAccess access = frame.write()) {
                        fill(access.buffer(), number);
                    }
                    use(number, frame);
                }
            }
            System.out.println(pool.statistics());
        }
    }

    /** The camera has a ring of slices: each is lent to it by queue, and comes back by dequeue. */
    private static void takeFrames(String device) {
        List<Slice> ring = new ArrayList<>();
        try (V4l2Camera camera = V4l2Camera.open(device)) {
            CameraFormat format = camera.configure(WIDTH, HEIGHT, "YUYV");
            int buffers = camera.requestBuffers(RING);
            try (DmaBufPool pool = DmaBufPool.builder()
                    .name("camera")
                    .heap(new UdmabufHeap()) // its slices have windows, which V4L2 needs
                    .capacity(2L * buffers * format.imageBytes())
                    .build()) {
                try {
                    for (int index = 0; index < buffers; index++) {
                        ring.add(pool.allocate(SliceRequest.of(format.imageBytes()).tag("raw")));
                        camera.queue(index, ring.get(index));
                    }
                    camera.start();
                    for (int number = 0; number < FRAMES; number++) {
                        CameraFrame frame = camera.dequeue(FRAME_WAIT);
                        use(number, ring.get(frame.index()));
                        camera.queue(frame.index(), ring.get(frame.index()));
                    }
                    System.out.println(pool.statistics());
                } finally {
                    camera.close(); // ends its loans, so that the slices can go
                    ring.forEach(Slice::close);
                }
            }
        }
    }

    private static void use(int number, Slice frame) {
        try (CpuAccess access = frame.read()) {
            System.out.printf("frame %2d: brightness %.1f%n", number, brightness(access.buffer()));
        }
        // While it is lent, the CPU may read it and not write it, and its place is nobody else's.
        try (Loan loan = frame.lend(Direction.READ, "display")) {
            show(loan.range());
        }
    }

    /** A device takes a dma-buf, an offset and a length, as DRM_IOCTL_MODE_ADDFB2 does. */
    private static void show(BufferRange range) {
        System.out.printf("          shown from offset %d, %d bytes%n", range.offset(), range.length());
    }

    private static void fill(ByteBuffer pixels, int number) {
        for (int i = 0; i < pixels.limit(); i++) {
            pixels.put(i, (byte) (i + 8 * number));
        }
    }

    /** The mean of every 16th luma sample of a YUYV frame. */
    private static double brightness(ByteBuffer pixels) {
        long sum = 0;
        int samples = 0;
        for (int i = 0; i < pixels.limit(); i += 32) {
            sum += pixels.get(i) & 0xff;
            samples++;
        }
        return (double) sum / samples;
    }
}
