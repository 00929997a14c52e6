// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** A device with one dma-buf attached, whose side of the memory is read and written by DMA. */
final class LabCamera implements AutoCloseable {

    private static final int FIRST_ROOM = 4096;
    private static final int MOST_ROOM = 1 << 26;

    private final OwnedFd node = LabModule.open(LabModuleLayout.CAMERA_NODE);
    private Memory bounce = new Memory(FIRST_ROOM);

    /** Attaches a dma-buf of any exporter until {@link #close}. */
    LabCamera(int fd) {
        int answer = tryAttach(fd);
        if (answer < 0) {
            node.close();
        }
        LabModule.required("attach fd " + fd, answer);
    }

    /** Attaches, and gives the kernel's answer. */
    int tryAttach(int fd) {
        Scratch argument = Scratch.cleared(Integer.BYTES).putInt(0, fd);
        return Libc.INSTANCE.ioctl(node.number(), LabModuleLayout.CAMERA_ATTACH, argument.address());
    }

    /** What the device sees. */
    byte[] read(long offset, int length) {
        LabModule.required("read by DMA", dma(LabModuleLayout.CAMERA_READ, offset, length));
        byte[] seen = new byte[length];
        bounce.read(0, seen, 0, length);
        return seen;
    }

    /** One byte as the device sees it. */
    byte read(long offset) {
        return read(offset, 1)[0];
    }

    /** The device writes. */
    void write(long offset, byte[] bytes) {
        room(bytes.length).write(0, bytes, 0, bytes.length);
        LabModule.required("write by DMA", dma(LabModuleLayout.CAMERA_WRITE, offset, bytes.length));
    }

    /** The device writes one byte many times. */
    void fill(long offset, int length, int value) {
        room(length).setMemory(0, length, (byte) value);
        LabModule.required("write by DMA", dma(LabModuleLayout.CAMERA_WRITE, offset, length));
    }

    /** This camera, as a self-test uses it. */
    DeviceLoop loop() {
        return new DeviceLoop() {
            @Override
            public void write(long offset, ByteBuffer bytes) {
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                LabCamera.this.write(offset, copy);
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                into.put(into.position(), LabCamera.this.read(offset, into.remaining()));
            }
        };
    }

    /** Whether the device sees these bytes. */
    boolean sees(long offset, ByteBuffer expected) {
        int length = expected.remaining();
        LabModule.required("read by DMA", dma(LabModuleLayout.CAMERA_READ, offset, length));
        return bounce.getByteBuffer(0, length).equals(expected);
    }

    /** Any DMA, with the kernel's answer. */
    int dma(long command, long offset, long length) {
        long address = Pointer.nativeValue(room((int) Math.min(length, MOST_ROOM)));
        return dma(command, offset, length, address);
    }

    /** Any DMA to or from an address, with the kernel's answer. */
    int dma(long command, long offset, long length, long address) {
        Scratch dma = Scratch.cleared(LabModuleLayout.DMA_BYTES)
                .putLong(LabModuleLayout.DMA_OFFSET, offset)
                .putLong(LabModuleLayout.DMA_LENGTH, length)
                .putLong(LabModuleLayout.DMA_ADDRESS, address);
        return Libc.INSTANCE.ioctl(node.number(), command, dma.address());
    }

    /** From now on the camera is at work on its dma-buf, as a fence there says, until {@link #idle} or {@link #close}. */
    void busy(boolean writing) {
        LabModule.required("be busy", tryBusy(writing ? 1 : 0));
    }

    /** The same, with the kernel's answer. */
    int tryBusy(int writing) {
        Scratch argument = Scratch.cleared(Integer.BYTES).putInt(0, writing);
        return Libc.INSTANCE.ioctl(node.number(), LabModuleLayout.CAMERA_BUSY, argument.address());
    }

    /** The camera has done: the fence is signalled. */
    void idle() {
        LabModule.required("be idle", tryIdle());
    }

    /** The same, with the kernel's answer. */
    int tryIdle() {
        return Libc.INSTANCE.ioctl(node.number(), LabModuleLayout.CAMERA_IDLE, 0);
    }

    private Memory room(int length) {
        if (bounce.size() < length) {
            bounce = new Memory(length);
        }
        return bounce;
    }

    /** Detaches. */
    @Override
    public void close() {
        node.close();
    }
}
