// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.ArrayList;
import java.util.List;

/** The video devices of this machine. */
final class V4l2Devices {

    private V4l2Devices() {}

    /** The paths of all video devices, whatever they do, in the order of their names. */
    static List<String> paths(Syscalls syscalls) {
        List<String> paths = new ArrayList<>();
        for (String name : syscalls.list(V4l2Layout.DEVICES)) {
            if (isVideo(name)) {
                paths.add(V4l2Layout.DEVICES + "/" + name);
            }
        }
        return paths;
    }

    /** What each of them says of itself; one that does not open is listed with its error. */
    static List<VideoDevice> describe(Syscalls syscalls) {
        List<VideoDevice> devices = new ArrayList<>();
        for (String path : paths(syscalls)) {
            devices.add(describe(syscalls, path));
        }
        return devices;
    }

    private static VideoDevice describe(Syscalls syscalls, String path) {
        try (V4l2Device device = V4l2Device.open(syscalls, path)) {
            return device.describe();
        } catch (CameraException refused) {
            return new VideoDevice(path, "", "", false, false, refused.errno());
        }
    }

    private static boolean isVideo(String name) {
        String number =
                name.startsWith(V4l2Layout.DEVICE_PREFIX) ? name.substring(V4l2Layout.DEVICE_PREFIX.length()) : "";
        return !number.isEmpty() && number.chars().allMatch(Character::isDigit);
    }
}
