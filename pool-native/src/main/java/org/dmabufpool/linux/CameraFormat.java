// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * What the camera sends: the driver may have chosen other values than were asked for.
 *
 * @param width pixels in a row
 * @param height rows
 * @param fourcc the pixel format's four letters, such as {@code YUYV}
 * @param bytesPerLine bytes from one row to the next; without meaning where the format is compressed
 * @param imageBytes bytes that a buffer needs
 * @param compressed whether a frame may fill less than {@code imageBytes}
 */
public record CameraFormat(
        int width, int height, String fourcc, int bytesPerLine, int imageBytes, boolean compressed) {}
