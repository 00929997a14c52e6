// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.HashMap;
import java.util.Map;

/** Tells by its size what a buffer of a {@link TraceKind#CAMERA} trace is for. */
public final class CameraSizes {

    private static final String METADATA = "metadata";
    private static final String JPEG = "jpeg";

    private static final Map<Long, String> KNOWN = known();

    private CameraSizes() {}

    /**
     * Who holds a buffer of that size: raw, yuv, video, preview, pyramid, analysis, metadata or jpeg. Where streams share a
     * size, the first of them in this list but preview before video.
     *
     * @param bytes the size, as the trace asked for it
     */
    public static String holder(long bytes) {
        String name = KNOWN.get(bytes);
        if (name != null) {
            return name;
        }
        return bytes < CameraTrace.LEAST_JPEG ? METADATA : JPEG;
    }

    private static Map<Long, String> known() {
        Map<Long, String> names = new HashMap<>();
        for (int[] sensor : CameraTrace.SENSORS) {
            for (int level = 1; level <= CameraTrace.LEVELS; level++) {
                names.put(CameraTrace.pyramidLevel(sensor, level), "pyramid");
            }
        }
        put(names, CameraTrace.VIDEOS, "video");
        put(names, CameraTrace.PREVIEWS, "preview");
        put(names, CameraTrace.SENSORS, "yuv");
        for (int[] sensor : CameraTrace.SENSORS) {
            names.put(CameraTrace.raw(sensor), "raw");
        }
        names.put(CameraTrace.ANALYSIS_BYTES, "analysis");
        names.put(CameraTrace.DEPTH_BYTES, "analysis");
        return Map.copyOf(names);
    }

    private static void put(Map<Long, String> names, int[][] sizes, String name) {
        for (int[] size : sizes) {
            names.put(CameraTrace.yuv(size), name);
        }
    }
}
