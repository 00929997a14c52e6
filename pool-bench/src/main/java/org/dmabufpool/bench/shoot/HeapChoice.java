// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.linux.DmaHeap;
import org.dmabufpool.linux.LinuxFacts;
import org.dmabufpool.linux.MemfdHeap;
import org.dmabufpool.linux.UdmabufHeap;
import org.dmabufpool.model.ModelHeap;

/**
 * A heap and why it was taken.
 *
 * @param heap the heap
 * @param reason one clause for people
 */
public record HeapChoice(Heap heap, String reason) {

    /** The name that lets this class choose. */
    public static final String AUTO = "auto";

    private static final String SYSTEM = "system";
    private static final String UDMABUF = "udmabuf";
    private static final String ASKED = "as asked for";

    private static final Map<String, Supplier<Heap>> BUILT_IN = new LinkedHashMap<>();

    static {
        BUILT_IN.put("model", ModelHeap::new);
        BUILT_IN.put("memfd", MemfdHeap::new);
        BUILT_IN.put(UDMABUF, UdmabufHeap::new);
    }

    /**
     * Chooses a heap.
     *
     * @param name {@code auto}, {@code model}, {@code memfd}, {@code udmabuf}, or a dma-heap's name
     * @param camera whether a V4L2 camera is to write into it, for which slices need windows
     * @throws IllegalArgumentException if there is no such heap, or it has no windows for the camera
     */
    public static HeapChoice of(String name, boolean camera) {
        if (camera) {
            return forCamera(name);
        }
        if (name.equals(AUTO)) {
            return best(LinuxFacts.read());
        }
        Supplier<Heap> builtIn = BUILT_IN.get(name);
        if (builtIn != null) {
            return new HeapChoice(builtIn.get(), ASKED);
        }
        if (name.equals(SYSTEM) || DmaHeap.present().contains(name)) {
            return new HeapChoice(new DmaHeap(name), ASKED);
        }
        throw new IllegalArgumentException("there is no heap '" + name + "'; there are: " + String.join(", ", names()));
    }

    private static HeapChoice forCamera(String name) {
        if (!name.equals(AUTO) && !name.equals(UDMABUF)) {
            throw new IllegalArgumentException("a V4L2 camera writes into windows of slices, which the heap '" + name
                    + "' cannot make: use --heap " + UDMABUF);
        }
        return new HeapChoice(new UdmabufHeap(), "the camera writes into windows of slices");
    }

    /** The heap that is nearest to what a phone or board would use. */
    static HeapChoice best(LinuxFacts facts) {
        if (facts.heaps().stream().anyMatch(heap -> heap.name().equals(SYSTEM) && heap.opens())) {
            return new HeapChoice(new DmaHeap(SYSTEM), "the kernel's dma-heap '" + SYSTEM + "' opens");
        }
        if (facts.udmabuf().device().opens()) {
            return new HeapChoice(
                    new UdmabufHeap(), "there is no dma-heap '" + SYSTEM + "' that opens, but /dev/udmabuf does");
        }
        return new HeapChoice(
                new ModelHeap(),
                "no real dma-buf: neither the dma-heap '" + SYSTEM
                        + "' nor /dev/udmabuf opens here ('doctor' says why); this is ordinary memory that behaves like"
                        + " one");
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        names.add(AUTO);
        names.addAll(BUILT_IN.keySet());
        names.addAll(DmaHeap.present());
        return names;
    }
}
