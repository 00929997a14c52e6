// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabufpool.AccessConflictException;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Loan;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DmaBufSocketTest {

    private static final Libc LIBC = Libc.INSTANCE;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration NOW = Duration.ZERO;
    private static final int BYTES = 1 << 16;

    @TempDir
    private Path folder;

    private final List<String> descriptors = Footprint.descriptors();
    private final long sockets = Footprint.sockets();
    private Path path;
    private OwnedFd memory;
    private DmaBufSocket door;
    private DmaBufSocket sender;
    private DmaBufSocket receiver;

    @BeforeEach
    void connect() {
        path = folder.resolve("door");
        memory = Memfd.create(LIBC, "passed", BYTES);
        door = DmaBufSocket.listen(path);
        sender = DmaBufSocket.connect(path, SOON);
        receiver = door.accept(SOON);
    }

    @AfterEach
    void nothingIsLeftOpen() {
        receiver.close();
        sender.close();
        door.close();
        memory.close();
        assertThat(Footprint.descriptors()).isEqualTo(descriptors);
        assertThat(Footprint.sockets()).isEqualTo(sockets);
        assertThat(path).doesNotExist();
    }

    @Test
    void aPartIsTheSameMemoryAtBothEnds() {
        sender.send(memory.number(), 4096, 8192);
        sender.send(memory.number(), BYTES - 1, 1);
        try (ReceivedBuffer part = receiver.receive(SOON);
                ReceivedBuffer last = receiver.receive(SOON);
                DmaBuf ours = new AdoptedHeap(memory.number()).allocate(BYTES);
                DmaBuf theirs = part.heap().allocate(part.offset() + part.length())) {
            assertThat(part.offset()).isEqualTo(4096);
            assertThat(part.length()).isEqualTo(8192);
            assertThat(last.offset()).isEqualTo(BYTES - 1);
            ours.view(4096, 8192).put(8191, (byte) 7);
            assertThat(theirs.view(part.offset(), 8192).get(8191)).isEqualTo((byte) 7);
        }
    }

    @Test
    void bothEndsSendAndASenderMayCloseWhatItHasSent() {
        OwnedFd other = Memfd.create(LIBC, "other", 4096);
        receiver.send(other.number(), 0, 4096);
        other.close();
        receiver.close();
        try (ReceivedBuffer part = sender.receive(SOON)) {
            assertThat(part.heap().size()).isEqualTo(4096);
        }
        refused(() -> sender.receive(SOON)).hasMessageContaining("the peer has closed the connection");
    }

    @Test
    void aHeapOfWhatIsClosedIsRefused() {
        sender.send(memory.number(), 0, 1);
        ReceivedBuffer part = receiver.receive(SOON);
        part.close();
        part.close();
        assertThatThrownBy(part::heap).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
    }

    @Test
    void whatTheReceiverChangesTheSenderSeesInAnotherProcess() throws Exception {
        door.close();
        door = DmaBufSocket.listen(path);
        int offset = 3 * 4096;
        int length = 20_000;
        try (DmaBuf ours = new AdoptedHeap(memory.number()).allocate(BYTES)) {
            ByteBuffer bytes = ours.view(0, BYTES);
            for (int i = 0; i < length; i++) {
                bytes.put(offset + i, ReceivingPeer.sent(i));
            }
            String out = receiveElsewhere(offset, length);
            assertThat(out).contains("changed 20000 bytes from 12288");
            assertThat(bytes.get(offset - 1)).isZero();
            assertThat(bytes.get(offset + length)).isZero();
            for (int i = 0; i < length; i++) {
                assertThat(bytes.get(offset + i)).isEqualTo(ReceivingPeer.changed(i));
            }
        }
    }

    private String receiveElsewhere(long offset, long length) throws IOException, InterruptedException {
        Path output = folder.resolve("peer.txt");
        Process peer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ReceivingPeer.class.getName(),
                        path.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try (DmaBufSocket toPeer = door.accept(ReceivingPeer.LIMIT)) {
            toPeer.send(memory.number(), offset, length);
            boolean ended = peer.waitFor(ReceivingPeer.LIMIT.toSeconds(), TimeUnit.SECONDS);
            String said = Files.readString(output);
            assertThat(ended).as(said).isTrue();
            assertThat(peer.exitValue()).as(said).isZero();
            return said;
        } finally {
            peer.destroyForcibly();
        }
    }

    @Test
    void aLentSliceIsPassedOnByItsWindowAndNeverByThePoolsDescriptor() {
        try (DmaBufPool pool = DmaBufPool.builder()
                        .heap(new UdmabufHeap(new FakeKernel(), "passed"))
                        .capacity(1 << 20)
                        .build();
                Slice slice = pool.allocate(8192)) {
            try (Loan loan = slice.lend(Direction.READ, "viewer")) {
                sender.send(loan);
                try (ReceivedBuffer part = receiver.receive(SOON)) {
                    assertThat(part.offset()).isZero();
                    assertThat(part.length()).isEqualTo(8192);
                    assertThatThrownBy(slice::write).isInstanceOf(AccessConflictException.class);
                }
            }
        }
        try (DmaBufPool pool = DmaBufPool.builder()
                        .heap(new MemfdHeap())
                        .capacity(8192)
                        .build();
                Slice slice = pool.allocate(4096);
                Loan loan = slice.lend(Direction.READ, "viewer")) {
            assertThatThrownBy(() -> sender.send(loan))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("Use a udmabuf heap");
        }
    }

    @Test
    void aPeerThatVanishesIsNamed() {
        sender.close();
        refused(() -> receiver.receive(SOON))
                .hasMessageContaining("connection at " + path)
                .hasMessageContaining("the peer has closed the connection");
        refused(() -> receiver.send(memory.number(), 0, 1))
                .hasMessageContaining("sendmsg of fd " + memory.number())
                .hasMessageContaining("EPIPE")
                .hasMessageContaining("The peer is gone");
    }

    @Test
    void aPeerThatReceivesNothingDoesNotBlockTheSender() {
        refused(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        sender.send(memory.number(), 0, 1);
                    }
                })
                .hasMessageContaining("too many messages");
    }

    /** What a foreign program might send: each refused, and its descriptors closed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 24 | 0x46554244 | 1 | 0     | 1     | sent 0 descriptors, and a message has 1",
                "2 | 24 | 0x46554244 | 1 | 0     | 1     | sent 2 descriptors, and a message has 1",
                "253 | 24 | 0x46554244 | 1 | 0   | 1     | sent 253 descriptors",
                "1 | 24 | 0x46554245 | 1 | 0     | 1     | sent 24 bytes that begin with 0x46554245, and a message has 24",
                "1 | 24 | 0x46554244 | 2 | 0     | 1     | a message of version 2, and this library reads version 1",
                "1 | 23 | 0x46554244 | 1 | 0     | 1     | sent 23 bytes that begin",
                "1 | 32 | 0x46554244 | 1 | 0     | 1     | sent 24 bytes and more that begin",
                "1 |  0 | 0x46554244 | 1 | 0     | 1     | the peer has closed the connection",
                "1 | 24 | 0x46554244 | 1 | -1    | 1     | sent 1 bytes from -1 of a buffer of 65536 bytes",
                "1 | 24 | 0x46554244 | 1 | 0     | 0     | sent 0 bytes from 0 of a buffer",
                "1 | 24 | 0x46554244 | 1 | 65535 | 2     | sent 2 bytes from 65535 of a buffer of 65536 bytes",
                "1 | 24 | 0x46554244 | 1 | 1     | 9223372036854775807 | of a buffer of 65536 bytes",
            })
    void whatIsNoMessageIsRefusedAndNothingOfItKept(
            int fds, int bytes, int magic, int version, long offset, long length, String what) {
        Syscalls foreign = sending(() -> message(fds, bytes, magic, version, offset, length));
        try (DmaBufSocket stranger = DmaBufSocket.connect(foreign, path, SOON);
                DmaBufSocket accepted = door.accept(SOON)) {
            List<String> before = Footprint.descriptors();
            stranger.send(memory.number(), 0, 1);
            refused(() -> accepted.receive(SOON)).hasMessageContaining(what);
            assertThat(Footprint.descriptors()).isEqualTo(before);
        }
    }

    /** The oracle of the test above, with a library that forgets to close what it refuses. */
    @Test
    void aDescriptorThatIsKeptWouldBeSeen() {
        List<Integer> forgotten = new ArrayList<>();
        Syscalls forgetful = new ForwardingSyscalls() {
            @Override
            public int close(int fd) {
                forgotten.add(fd);
                return 0;
            }
        };
        try (DmaBufSocket connected = DmaBufSocket.connect(forgetful, path, SOON);
                DmaBufSocket accepted = door.accept(SOON)) {
            List<String> before = Footprint.descriptors();
            accepted.send(memory.number(), 0, 1);
            connected.receive(SOON).close();
            assertThat(Footprint.descriptors()).isNotEqualTo(before);
        } finally {
            forgotten.forEach(LIBC::close);
        }
    }

    private Scratch message(int fds, int bytes, int magic, int version, long offset, long length) {
        int[] numbers = new int[fds];
        Arrays.fill(numbers, memory.number());
        Scratch message = PassedMessage.toSend(offset, length, numbers)
                .putInt(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_MAGIC, magic)
                .putInt(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_VERSION, version)
                .putLong(UnixSocketLayout.IOVEC + UnixSocketLayout.IOVEC_LENGTH, bytes);
        return fds > 0 ? message : message.putLong(UnixSocketLayout.MESSAGE_CONTROL_BYTES, 0);
    }

    /** The real system calls, with other messages than the library's. */
    private static Syscalls sending(Supplier<Scratch> message) {
        return new ForwardingSyscalls() {
            @Override
            public long sendmsg(int fd, long ignored, int flags) {
                return super.sendmsg(fd, message.get().address(), flags);
            }
        };
    }

    @Test
    void descriptorsThatTheKernelCouldNotGiveAreNamedAndTheOthersClosed() {
        Syscalls truncating = new ForwardingSyscalls() {
            @Override
            public long recvmsg(int fd, long message, int flags) {
                long bytes = super.recvmsg(fd, message, flags);
                Scratch.asLeft().putInt(UnixSocketLayout.MESSAGE_FLAGS, UnixSocketLayout.MSG_CTRUNC);
                return bytes;
            }
        };
        try (DmaBufSocket connected = DmaBufSocket.connect(truncating, path, SOON);
                DmaBufSocket accepted = door.accept(SOON)) {
            List<String> before = Footprint.descriptors();
            accepted.send(memory.number(), 0, 1);
            refused(() -> connected.receive(SOON))
                    .hasMessageContaining("MSG_CTRUNC")
                    .hasMessageContaining("RLIMIT_NOFILE");
            assertThat(Footprint.descriptors()).isEqualTo(before);
        }
    }

    @Test
    void valuesOutOfRangeAreNotSent() {
        int fd = memory.number();
        List<ThrowingCallable> calls = List.of(
                () -> sender.send(-1, 0, 1),
                () -> sender.send(fd, -1, 1),
                () -> sender.send(fd, 0, 0),
                () -> sender.send(fd, 1, Long.MAX_VALUE),
                () -> sender.send(fd, 1, BYTES));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> sender.send(fd, 1, BYTES))
                .hasMessageContaining("65536 bytes from 1 do not lie in fd " + fd + ", which has 65536 bytes");
        refused(() -> receiver.receive(NOW)).hasMessageContaining("the peer sent nothing within 0 ms");
    }

    @Test
    void aDescriptorThatIsClosedIsNamed() {
        refused(() -> sender.send(1_000_000, 0, 1))
                .hasMessageContaining("sendmsg of fd 1000000")
                .hasMessageContaining("EBADF");
    }

    @Test
    void waitsEnd() {
        refused(() -> receiver.receive(Duration.ofMillis(20))).hasMessageContaining("within 20 ms");
        refused(() -> door.accept(Duration.ofMillis(1))).hasMessageContaining("nobody connected within 1 ms");
        refused(() -> door.accept(Duration.ofSeconds(Long.MIN_VALUE))).hasMessageContaining("within 0 ms");
        refused(() -> DmaBufSocket.connect(folder.resolve("none"), Duration.ofMillis(20)))
                .hasMessageContaining("ENOENT")
                .hasMessageContaining("Nobody listens there");
        Thread.currentThread().interrupt();
        refused(() -> receiver.receive(Duration.ofSeconds(Long.MAX_VALUE))).hasMessageContaining("interrupted");
        refused(() -> DmaBufSocket.connect(folder.resolve("none"), SOON)).hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aCloseEndsAWait() {
        CompletableFuture<ReceivedBuffer> waiting =
                CompletableFuture.supplyAsync(() -> receiver.receive(Duration.ofDays(1_000_000)));
        receiver.close();
        assertThatThrownBy(waiting::join).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void eachEndDoesItsOwn() {
        assertThatThrownBy(() -> receiver.accept(NOW)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> door.receive(NOW)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> door.send(memory.number(), 0, 1)).isInstanceOf(IllegalStateException.class);
        door.close();
        assertThatThrownBy(() -> door.accept(NOW))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void aPathThatDoesNotServeIsNamed() throws IOException {
        refused(() -> DmaBufSocket.listen(path))
                .hasMessageContaining("EADDRINUSE")
                .hasMessageContaining("delete it");
        assertThat(path).exists();
        Path plain = Files.createFile(folder.resolve("plain"));
        refused(() -> DmaBufSocket.connect(plain, NOW)).hasMessageContaining("ECONNREFUSED");
        for (String odd : new String[] {"", "x".repeat(108)}) {
            assertThatThrownBy(() -> DmaBufSocket.listen(Path.of(odd)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 107 bytes");
        }
        door.close();
        refused(() -> DmaBufSocket.connect(path, NOW)).hasMessageContaining("ENOENT");
        door = DmaBufSocket.listen(path);
    }

    @Test
    void everyRefusalOfEveryCallLeavesNothingOpen() {
        Path other = folder.resolve("other");
        List<String> before = Footprint.descriptors();
        long socketsBefore = Footprint.sockets();
        boolean struck = true;
        for (int n = 1; struck; n++) {
            FaultingSyscalls syscalls = new FaultingSyscalls();
            syscalls.failCall(n, Errno.EIO);
            passOnce(syscalls, other);
            struck = syscalls.struck();
            assertThat(Footprint.descriptors()).as("call %d refused", n).isEqualTo(before);
            assertThat(Footprint.sockets()).as("call %d refused", n).isEqualTo(socketsBefore);
            assertThat(other).as("call %d refused", n).doesNotExist();
        }
    }

    private void passOnce(Syscalls syscalls, Path at) {
        try (DmaBufSocket listening = DmaBufSocket.listen(syscalls, at);
                DmaBufSocket one = DmaBufSocket.connect(syscalls, at, NOW);
                DmaBufSocket another = listening.accept(SOON)) {
            one.send(memory.number(), 0, 1);
            another.receive(SOON).close();
        } catch (HeapException refused) {
            assertThat(refused).hasMessageMatching("(?s).*(EIO|does not lie in it).*");
        }
    }

    private static AbstractThrowableAssert<?, ?> refused(ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(HeapException.class);
    }
}
