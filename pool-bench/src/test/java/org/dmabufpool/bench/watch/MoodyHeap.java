// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;

/** A model heap whose buffers restart their calls, or refuse them, when told to. */
final class MoodyHeap implements Heap {

    private static final int RESTARTS_A_LOOK = 20;
    private static final int EIO = 5;

    volatile boolean restarting;
    volatile boolean refusing;
    private final AtomicLong restarts = new AtomicLong();
    private final Heap inner = ModelHeap.supporting(SyncWay.PARTIAL);

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public DmaBuf allocate(long bytes) {
        DmaBuf buffer = inner.allocate(bytes);
        return (DmaBuf) Proxy.newProxyInstance(
                DmaBuf.class.getClassLoader(),
                new Class<?>[] {DmaBuf.class},
                (proxy, method, arguments) -> call(buffer, method, arguments));
    }

    private Object call(DmaBuf buffer, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("restarts")) {
            return restarts.addAndGet(restarting ? RESTARTS_A_LOOK : 0);
        }
        if (method.getName().equals("syncRange") && refusing) {
            throw new HeapException("planted refusal", EIO);
        }
        try {
            return method.invoke(buffer, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
