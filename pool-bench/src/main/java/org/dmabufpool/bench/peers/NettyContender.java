// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** One of Netty's allocators of direct memory. */
final class NettyContender implements Contender {

    private final ByteBufAllocator allocator;

    NettyContender(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public Lane lane(int slots) {
        return new NettyLane(allocator, slots);
    }

    private static final class NettyLane implements Lane {

        private final ByteBufAllocator allocator;
        private final @Nullable ByteBuf[] buffers;

        NettyLane(ByteBufAllocator allocator, int slots) {
            this.allocator = allocator;
            this.buffers = new ByteBuf[slots];
        }

        @Override
        public boolean allocate(int slot, long bytes) {
            buffers[slot] = allocator.directBuffer((int) bytes, (int) bytes);
            return true;
        }

        @Override
        public void free(int slot) {
            ByteBuf buffer = buffers[slot];
            if (buffer != null) {
                buffer.release();
                buffers[slot] = null;
            }
        }
    }
}
