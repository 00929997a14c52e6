// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.Set;

/** Where somebody called into this library. Made at every allocation and access, read only when something is wrong. */
final class CallSite {

    /** The library's own packages, which no caller is in; nor in the JDK's. */
    private static final Set<String> OWN_PACKAGES = Set.of(
            "org.dmabufpool",
            "org.dmabufpool.alloc",
            "org.dmabufpool.guard",
            "org.dmabufpool.heap",
            "org.dmabufpool.model",
            "org.dmabufpool.sync");

    private final Throwable trace = new Throwable("call site");

    /** The first frame outside the library, as in a stack trace. */
    @Override
    public String toString() {
        for (StackTraceElement frame : trace.getStackTrace()) {
            String type = frame.getClassName();
            String callersPackage = type.substring(0, Math.max(type.lastIndexOf('.'), 0));
            if (!OWN_PACKAGES.contains(callersPackage) && !callersPackage.startsWith("java.")) {
                return frame.toString();
            }
        }
        return "nowhere outside the library";
    }
}
