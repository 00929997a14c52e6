// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dmabufpool.bench.memory.CloseStack;
import org.dmabufpool.bench.memory.TimedAccess;
import org.dmabufpool.bench.memory.TimedPool;
import org.dmabufpool.bench.memory.TimedSlice;
import org.dmabufpool.bench.photo.Plane16;
import org.dmabufpool.bench.photo.RgbLayout;

/** A developed picture in three slices. */
final class PictureSlices implements AutoCloseable {

    private static final String[] COLOURS = {"red", "green", "blue"};

    private final RgbLayout layout;
    private final List<TimedSlice> slices = new ArrayList<>();
    private final Runnable release;

    PictureSlices(TimedPool pool, String tag, RgbLayout layout) {
        this.layout = layout;
        try (CloseStack partial = new CloseStack()) {
            for (String colour : COLOURS) {
                TimedSlice slice = pool.allocate(tag + " " + colour, layout.bytes());
                slices.add(slice);
                partial.push(slice::close);
            }
            this.release = partial.keep();
        }
    }

    /** Opens all three for reading. */
    Open read() {
        return new Open(TimedSlice::read);
    }

    /** Opens all three for writing. */
    Open write() {
        return new Open(TimedSlice::write);
    }

    /** Opens all three for reading and writing. */
    Open readWrite() {
        return new Open(TimedSlice::readWrite);
    }

    /** The slice of the green plane. */
    TimedSlice green() {
        return slices.get(1);
    }

    /** The green plane in its slice's buffer. */
    Plane16 green(ByteBuffer buffer) {
        return new Plane16(buffer, layout.plane());
    }

    @Override
    public void close() {
        release.run();
    }

    /** Accesses to the three slices. */
    final class Open implements AutoCloseable {
        private final RgbLayout.Planes planes;
        private final Runnable end;

        private Open(Function<TimedSlice, TimedAccess> opening) {
            try (CloseStack partial = new CloseStack()) {
                List<ByteBuffer> buffers = new ArrayList<>();
                for (TimedSlice slice : slices) {
                    TimedAccess access = opening.apply(slice);
                    partial.push(access::close);
                    buffers.add(access.buffer());
                }
                this.planes = layout.in(buffers.get(0), buffers.get(1), buffers.get(2));
                this.end = partial.keep();
            }
        }

        RgbLayout.Planes planes() {
            return planes;
        }

        @Override
        public void close() {
            end.run();
        }
    }
}
