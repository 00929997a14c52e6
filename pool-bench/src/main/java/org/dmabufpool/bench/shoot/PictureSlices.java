// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dmabufpool.AccessRequest;
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

    /** Requests to open all three for reading. */
    List<AccessRequest> toRead() {
        return requests(TimedSlice::toRead);
    }

    /** Requests to open all three for writing. */
    List<AccessRequest> toWrite() {
        return requests(TimedSlice::toWrite);
    }

    /** Requests to open all three for reading and writing. */
    List<AccessRequest> toReadWrite() {
        return requests(TimedSlice::toReadWrite);
    }

    private List<AccessRequest> requests(Function<TimedSlice, List<AccessRequest>> one) {
        return slices.stream().map(one).flatMap(List::stream).toList();
    }

    /** The planes in a bracket that has all three open. */
    RgbLayout.Planes planes(TimedAccess access) {
        return layout.in(access.buffer(slices.get(0)), access.buffer(slices.get(1)), access.buffer(slices.get(2)));
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
}
