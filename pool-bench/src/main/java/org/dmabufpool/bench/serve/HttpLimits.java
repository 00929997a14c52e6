// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What clients may take of the JDK's web server, so that slow ones, and many, keep nobody else from being answered.
 *
 * <p>A request that is half sent, or a response that is not read, has a thread for as long as it lasts. So there are as many
 * threads as connections, and both end when their time is over.
 */
final class HttpLimits {

    private static final int MOST_CONNECTIONS = 64;
    private static final int IDLE_SECONDS = 10;
    /** By the names of the JDK, in seconds where they are times; jdk.httpserver's documentation lists them. */
    private static final Map<String, Integer> LIMITS = Map.of(
            "jdk.httpserver.maxConnections", MOST_CONNECTIONS,
            "sun.net.httpserver.maxReqTime", 10,
            "sun.net.httpserver.maxRspTime", 30);

    private HttpLimits() {}

    /** Sets the limits that the user has not set: to be called before the process has its first web server. */
    static void set() {
        LIMITS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, String.valueOf(value));
            }
        });
    }

    /** Threads for all connections, which end when there is nothing to do. */
    static ExecutorService threads() {
        return new ThreadPoolExecutor(
                1, MOST_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "http");
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
