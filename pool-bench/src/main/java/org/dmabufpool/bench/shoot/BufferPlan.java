// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.util.List;
import org.dmabufpool.bench.photo.FrameFormat;
import org.dmabufpool.bench.photo.Jpeg;
import org.dmabufpool.bench.photo.LumaPyramid;
import org.dmabufpool.bench.photo.PlaneLayout;
import org.dmabufpool.bench.photo.RgbLayout;
import org.dmabufpool.bench.photo.ScreenPyramid;
import org.dmabufpool.bench.photo.TileGrid;

/**
 * The buffers of a burst, and how much of the pool lives at a time.
 *
 * <pre>
 *              capture  develop  align  merge | tone  pyramid | jpeg
 * mean         ===============================================
 * reference    ================================
 * raw frames   =================
 * picture               =======================
 * levels                                        ======================
 * jpeg                                                          ======
 * </pre>
 *
 * @param format what the camera writes
 * @param ringDepth frames that lie in slices at a time
 * @param rgb a developed picture; there are two, the mean and the picture at hand
 * @param luma levels that the aligner looks at; of the reference and of the picture at hand
 * @param grid how the merge is shared out
 * @param screen levels of the finished picture
 */
record BufferPlan(
        FrameFormat format,
        int ringDepth,
        RgbLayout rgb,
        List<PlaneLayout> luma,
        TileGrid grid,
        List<PlaneLayout> screen) {

    /** Slices are counted as whole pages, of the largest size that Linux has. */
    private static final long PAGE = 1 << 16;

    private static final long MEBIBYTE = 1 << 20;
    /** Room for slabs, and for holes between slices. */
    private static final long SLACK = 4 * MEBIBYTE;

    static BufferPlan of(FrameFormat format, int ringDepth) {
        int width = format.width();
        int height = format.height();
        return new BufferPlan(
                format,
                ringDepth,
                RgbLayout.of(width, height),
                LumaPyramid.layout(width, height),
                TileGrid.of(width, height),
                ScreenPyramid.layout(width, height));
    }

    long lumaBytes() {
        return LumaPyramid.bytes(luma);
    }

    long jpegBytes() {
        return Jpeg.room(format.width(), format.height());
    }

    /** The smallest pool that can serve the burst, in bytes. */
    long neededBytes() {
        long picture = RgbLayout.COLOURS * pages(rgb.bytes());
        long merging = 2 * picture + 2 * pages(lumaBytes()) + pages(grid.bytes()) + ringDepth * pages(format.bytes());
        long levels = screen.stream().mapToLong(level -> pages(level.bytes())).sum();
        long finishing = Math.max(picture, pages(jpegBytes())) + levels;
        return Math.max(merging, finishing);
    }

    /** A pool that serves the burst with ease, in bytes: whole mebibytes. */
    long comfortableBytes() {
        return pages(neededBytes() + SLACK, MEBIBYTE);
    }

    private static long pages(long bytes) {
        return pages(bytes, PAGE);
    }

    private static long pages(long bytes, long unit) {
        return (bytes + unit - 1) / unit * unit;
    }
}
