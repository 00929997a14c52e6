// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.heap.Direction;

/** The fences of a model buffer or of a window. Safe for use by many threads. */
final class ModelFences {

    private final List<Imported> fences = new ArrayList<>();

    private record Imported(boolean writes, ModelFence fence) {}

    synchronized void add(Direction direction, ModelFence fence) {
        fences.removeIf(one -> !one.fence().isPending());
        fences.add(new Imported(direction.writes(), fence));
    }

    /** Whether none is pending that the CPU must wait for: writers before it reads, all before it writes. */
    synchronized boolean areDone(Direction direction) {
        for (Imported one : fences) {
            if (one.fence().isPending() && (one.writes() || direction.writes())) {
                return false;
            }
        }
        return true;
    }
}
