// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * A video device of this machine and what it says of itself.
 *
 * @param path such as {@code /dev/video0}
 * @param driver the driver's name; empty where the device did not open
 * @param card the device's name for people; empty where it did not open
 * @param captures whether it streams frames to memory through the single-planar interface
 * @param multiPlanar whether it captures through the multi-planar interface, which the library does not use yet
 * @param errno why it did not open or answer (Linux values), or 0
 */
public record VideoDevice(String path, String driver, String card, boolean captures, boolean multiPlanar, int errno) {}
