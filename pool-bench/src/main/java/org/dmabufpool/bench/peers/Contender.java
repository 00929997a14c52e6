// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

/** An allocator under measurement. Lives as long as its JVM. */
interface Contender {

    /** A thread's way to it, for so many parts. Called by that thread. */
    Lane lane(int slots);
}
