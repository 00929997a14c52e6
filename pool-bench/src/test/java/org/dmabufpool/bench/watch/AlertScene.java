// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolExhaustedException;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.heap.HeapException;

/** How an alert is provoked in a pool that has its name, and what makes it clear. */
abstract class AlertScene {

    private static final int PARTS = 64;

    final DmaBufPool pool;
    final List<Slice> held = new ArrayList<>();
    private final String alert;

    private AlertScene(String alert, DmaBufPool pool) {
        this.alert = alert;
        this.pool = pool;
    }

    /** The alert's name, and the pool's. */
    String alert() {
        return alert;
    }

    /** Does what the alert warns of. */
    abstract void provoke();

    /** Ends it. */
    void calm() {
        held.forEach(Slice::close);
        held.clear();
    }

    /** One scene for each alert. */
    static List<AlertScene> all(WatchedPools pools) {
        List<AlertScene> scenes = new ArrayList<>();
        for (String name : List.of("DmaBufPoolNearlyFull", "DmaBufPoolSliceHeldLong")) {
            scenes.add(holding(name, pools));
        }
        scenes.add(exhausting("DmaBufPoolExhausted", pools));
        for (String name : List.of("DmaBufPoolFragmented", "DmaBufPoolFragmentation")) {
            scenes.add(fragmenting(name, pools));
        }
        scenes.add(leaking("DmaBufPoolLeak", pools));
        scenes.add(refusing("DmaBufPoolMemoryQuarantined", pools));
        scenes.add(restarting("DmaBufPoolSyncRestarts", pools));
        scenes.add(waiting("DmaBufPoolWaits", pools, Duration.ofMillis(300)));
        scenes.add(waiting("DmaBufPoolStuck", pools, Duration.ofMinutes(10)));
        return scenes;
    }

    private static AlertScene holding(String alert, WatchedPools pools) {
        return new AlertScene(alert, pools.pool(alert, new MoodyHeap())) {
            @Override
            void provoke() {
                held.add(pool.allocate(WatchedPools.CAPACITY * 95 / 100));
            }
        };
    }

    private static AlertScene exhausting(String alert, WatchedPools pools) {
        return new AlertScene(alert, pools.pool(alert, new MoodyHeap())) {
            @Override
            void provoke() {
                held.add(pool.allocate(WatchedPools.CAPACITY));
                require(pool.tryAllocate(1000).isEmpty(), "a full pool refuses");
            }
        };
    }

    /** Every second part is free; all of them together would serve what no one can. */
    private static AlertScene fragmenting(String alert, WatchedPools pools) {
        return new AlertScene(alert, pools.pool(alert, new MoodyHeap())) {
            @Override
            void provoke() {
                List<Slice> parts = new ArrayList<>();
                for (int i = 0; i < PARTS; i++) {
                    parts.add(pool.allocate(WatchedPools.CAPACITY / PARTS));
                }
                parts.sort((one, other) -> Long.compare(one.offset(), other.offset()));
                for (int i = 0; i < PARTS; i += 2) {
                    parts.get(i).close();
                    held.add(parts.get(i + 1));
                }
                require(pool.tryAllocate(WatchedPools.CAPACITY / 4).isEmpty(), "no part is that large");
            }
        };
    }

    private static AlertScene leaking(String alert, WatchedPools pools) {
        return new AlertScene(alert, pools.pool(alert, new MoodyHeap())) {
            @Override
            void provoke() {
                drop(pool);
                Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
                    System.gc();
                    return pool.statistics().leaks() > 0;
                });
            }
        };
    }

    private static void drop(DmaBufPool pool) {
        Reference.reachabilityFence(pool.allocate(1000));
    }

    /** The memory stays out of circulation until its pool is closed, so the alert clears as the pool goes. */
    private static AlertScene refusing(String alert, WatchedPools pools) {
        MoodyHeap heap = new MoodyHeap();
        return new AlertScene(alert, pools.unwatchedPool(alert, heap)) {
            private final AutoCloseable metrics = pools.watch(pool);

            @Override
            void provoke() {
                Slice slice = pool.allocate(1000);
                CpuAccess access = slice.write();
                heap.refusing = true;
                refused(access::close);
                refused(slice::close);
                require(pool.statistics().quarantinedBytes() > 0, "memory that cannot be cleaned is kept");
            }

            @Override
            void calm() {
                pool.close();
                try {
                    metrics.close();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private static void refused(Runnable call) {
        try {
            call.run();
            throw new AssertionError("not refused");
        } catch (HeapException e) {
            // as planted
        }
    }

    private static AlertScene restarting(String alert, WatchedPools pools) {
        MoodyHeap heap = new MoodyHeap();
        return new AlertScene(alert, pools.pool(alert, heap)) {
            @Override
            void provoke() {
                heap.restarting = true;
            }

            @Override
            void calm() {
                heap.restarting = false;
            }
        };
    }

    private static AlertScene waiting(String alert, WatchedPools pools, Duration patience) {
        return new AlertScene(alert, pools.pool(alert, new MoodyHeap())) {
            private volatile boolean over;
            private final Thread waiter = new Thread(this::waitAgainAndAgain, alert);

            private void waitAgainAndAgain() {
                while (!over) {
                    try {
                        pool.allocate(SliceRequest.of(1000), patience).close();
                    } catch (PoolExhaustedException e) {
                        // waits again
                    }
                }
            }

            @Override
            void provoke() {
                held.add(pool.allocate(WatchedPools.CAPACITY));
                waiter.start();
            }

            @Override
            void calm() {
                over = true;
                super.calm();
                try {
                    waiter.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("the scene is not set: " + what);
        }
    }
}
