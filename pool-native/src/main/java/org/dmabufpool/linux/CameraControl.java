// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * One setting of a camera.
 *
 * @param id the number to set it by
 * @param name the driver's name for it
 * @param minimum smallest value
 * @param maximum largest value
 * @param defaultValue the value it has at first
 */
public record CameraControl(int id, String name, int minimum, int maximum, int defaultValue) {}
