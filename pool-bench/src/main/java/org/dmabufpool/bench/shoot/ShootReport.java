// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * A burst and what it cost.
 *
 * @param camera what took the frames
 * @param heap the heap's name
 * @param heapReason why this heap
 * @param sync how caches were kept coherent
 * @param syncReason why so
 * @param frames frames merged
 * @param width pixels in a row
 * @param height rows
 * @param stages time by stage
 * @param bufferMillis time in allocate, release, START and END, in milliseconds
 * @param totalMillis the whole burst, in milliseconds
 * @param peakLiveBytes the most bytes that slices held at a time
 * @param capacityBytes the pool's size
 * @param slices slices handed out
 * @param bytesSynced bytes that sync calls touched
 * @param bytesWholeBuffer bytes that they would have touched had each synced the whole pool
 * @param picture the picture's file
 * @param pictureBytes its size
 */
@JsonPropertyOrder({
    "heap",
    "sync",
    "frames",
    "width",
    "height",
    "stages",
    "bufferMillis",
    "totalMillis",
    "peakLiveBytes",
    "capacityBytes",
    "slices",
    "bytesSynced",
    "bytesWholeBuffer",
    "picture"
})
@JsonIgnoreProperties({"camera", "heapReason", "syncReason", "pictureBytes"})
public record ShootReport(
        String camera,
        String heap,
        String heapReason,
        String sync,
        String syncReason,
        int frames,
        int width,
        int height,
        List<StageTime> stages,
        double bufferMillis,
        double totalMillis,
        long peakLiveBytes,
        long capacityBytes,
        long slices,
        long bytesSynced,
        long bytesWholeBuffer,
        String picture,
        long pictureBytes) {}
