// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * One buffer that the camera's driver has filled and given back.
 *
 * @param index the buffer's index, as it was queued
 * @param bytesUsed how many bytes of it the driver filled
 * @param sequence the driver's number of the frame, counting frames that were dropped too; 0 to 2^32 - 1
 * @param timestampNanos when the first byte was captured, in ns of the monotonic clock, in steps of 1000
 */
public record CameraFrame(int index, int bytesUsed, long sequence, long timestampNanos) {}
