// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.dmabufpool.heap.DmaBuf;

/** The other process of {@link DmaBufSocketTest}: checks the bytes of what it receives, and changes them. */
final class ReceivingPeer {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private ReceivingPeer() {}

    /** What the sender has put at a place. */
    static byte sent(int place) {
        return (byte) (3 * place);
    }

    /** What the receiver puts there. */
    static byte changed(int place) {
        return (byte) (5 * place + 1);
    }

    /**
     * Connects to the path in the first argument, and passes a part of it back.
     *
     * @throws IllegalStateException if the bytes are others than the sender's
     */
    public static void main(String[] args) {
        try (DmaBufSocket peer = DmaBufSocket.connect(Path.of(args[0]), LIMIT);
                ReceivedBuffer part = peer.receive(LIMIT);
                DmaBuf buffer = part.heap().allocate(part.offset() + part.length())) {
            ByteBuffer bytes = buffer.view(part.offset(), (int) part.length());
            for (int i = 0; i < bytes.capacity(); i++) {
                if (bytes.get(i) != sent(i)) {
                    throw new IllegalStateException("byte " + i + " is " + bytes.get(i) + ", not " + sent(i));
                }
                bytes.put(i, changed(i));
            }
            System.out.println("changed " + part.length() + " bytes from " + part.offset());
        }
    }
}
