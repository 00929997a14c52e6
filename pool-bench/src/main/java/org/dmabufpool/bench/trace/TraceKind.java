// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dmabufpool.bench.policy.Policy;

/** The generators. The same kind and seed make the same trace everywhere. */
public enum TraceKind {
    /** Streams reconfigured at random, ring depths, out-of-order release, bursts, pyramids, metadata, JPEGs. */
    CAMERA,
    /** Rings of raws and of previews, from which bursts of 3 to 11 raws are merged; pyramids, JPEGs. */
    BURSTS,
    /** Rings of one size each; one is given back while the next, of another size, is asked for already. */
    RECONFIGURED,
    /** 3 to 7 streams of unlike size, period and lifetime, some of them small. */
    RINGS,
    /** Pyramids of 4 to 7 levels that live for 2 to 27 frames, beside a preview and metadata. */
    PYRAMIDS,
    /** 256 live, random replace, sizes from 4 KiB to 32 MiB whose logarithm is uniform, in whole pages. */
    LOG_UNIFORM,
    /** 256 live, random replace, one size that is a multiple of nothing. */
    ODD_SIZE,
    /** What hurts first fit the most, after Robson. */
    ROBSON_FIRST_FIT,
    /** The same played against best fit. */
    ROBSON_BEST_FIT,
    /** The same played against buddies. */
    ROBSON_BUDDY,
    /** The same played against the pool's own allocator, as it is in this version. */
    ROBSON_OURS,
    /** A preview with faces, exposure and depth; the same streams for every seed, at other times. */
    USE_PREVIEW,
    /** A preview, raws without shutter lag, bursts of 8 raws; the same streams for every seed, at other times. */
    USE_STILLS,
    /** A preview, a stabilised and encoded video, snapshots; the same streams for every seed, at other times. */
    USE_VIDEO,
    /** 20 000 live, random replace, mostly 16 bytes to 4 KiB. */
    SERVER;

    /** Makes the trace of that seed. */
    public Trace generate(long seed) {
        return switch (this) {
            case CAMERA -> CameraTrace.generate(seed);
            case BURSTS -> BurstTrace.generate(seed);
            case RECONFIGURED -> ReconfiguredTrace.generate(seed);
            case RINGS -> RingsTrace.generate(seed);
            case PYRAMIDS -> PyramidTrace.generate(seed);
            case LOG_UNIFORM -> RandomReplaceTrace.logUniform(seed);
            case ODD_SIZE -> RandomReplaceTrace.oddSize(seed);
            case ROBSON_FIRST_FIT -> RobsonTrace.against(Policy.FIRST_FIT, seed);
            case ROBSON_BEST_FIT -> RobsonTrace.against(Policy.BEST_FIT, seed);
            case ROBSON_OURS -> RobsonTrace.against(Policy.OURS, seed);
            case ROBSON_BUDDY -> RobsonTrace.against(Policy.BUDDY, seed);
            case USE_PREVIEW -> UseCaseTrace.preview(seed);
            case USE_STILLS -> UseCaseTrace.stills(seed);
            case USE_VIDEO -> UseCaseTrace.video(seed);
            case SERVER -> RandomReplaceTrace.server(seed);
        };
    }

    /** The name on the command line, such as {@code log-uniform}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The kind with that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static TraceKind named(String label) {
        for (TraceKind kind : values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("there is no kind of trace '" + label + "'; there are " + labels());
    }

    /** All names, separated by commas. */
    public static String labels() {
        return Arrays.stream(values()).map(TraceKind::label).collect(Collectors.joining(", "));
    }
}
