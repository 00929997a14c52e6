// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.jspecify.annotations.Nullable;

/**
 * A kernel with dma-heaps and udmabuf, for machines without: its dma-bufs are memfds. Descriptors and mappings are real,
 * so leaks are. Not safe for use by many threads.
 */
final class FakeKernel extends ForwardingSyscalls {

    static final String HEAP = "system";
    static final String HEAP_PATH = "/dev/dma_heap/" + HEAP;

    /** A device that takes any ioctl. */
    static final String VENDOR_PATH = "/dev/vendor";

    /** The work behind a sync call. */
    interface SyncEffect {

        /** The value of {@code length} where the whole buffer is synced. */
        long WHOLE = Long.MAX_VALUE;

        /** Syncs; flags are those of {@code DMA_BUF_IOCTL_SYNC}. */
        void sync(long flags, long offset, long length);
    }

    private enum Kind {
        HEAP,
        UDMABUF,
        VENDOR,
        DMABUF,
        SYNC_FILE
    }

    /** What one or more sync_files show. */
    static final class FakeFence {

        /** 0 pending, 1 signalled, below 0 an error. */
        int status;
    }

    private final Map<Integer, Kind> kinds = new HashMap<>();
    private final Map<String, Errno> refusedPaths = new HashMap<>();
    private final Map<Long, Deque<Integer>> scripted = new HashMap<>();
    private final Map<String, String> files = new HashMap<>();
    final List<String> syncs = new ArrayList<>();
    final List<String> names = new ArrayList<>();
    /** What LWIS says in its argument, call by call; 0 when there is none left. */
    final Deque<Integer> lwisOutcomes = new ArrayDeque<>();

    /** What poll answers, call by call: events that came (above 0), nothing yet (0) or an error; then as {@link #busy}. */
    final Deque<Integer> polls = new ArrayDeque<>();

    /** The events and the timeout of each poll. */
    final List<String> polled = new ArrayList<>();

    /** Whether the fences of dma-bufs are never signalled. */
    boolean busy;

    String exporter = HEAP;

    /** What a sync call does to memory; nothing, unless a test says otherwise. */
    SyncEffect effect = (flags, offset, length) -> {};

    boolean hasPartialSync;

    /** Whether the kernel exports and imports fences (Linux 6.0). */
    boolean hasSyncFiles = true;

    /** What the next export of fences gives. */
    FakeFence pending = new FakeFence();

    /** The exports and imports of fences. */
    final List<String> fenceCalls = new ArrayList<>();

    private final Map<Integer, FakeFence> fences = new HashMap<>();
    long udmabufLimit = 64L << 20;

    FakeKernel() {
        files.put(UdmabufIoctl.SIZE_LIMIT_FILE, "64\n");
        files.put(UdmabufIoctl.LIST_LIMIT_FILE, "1024\n");
    }

    /** From now on a device does not open. */
    void refuse(String path, Errno with) {
        refusedPaths.put(path, with);
    }

    /** The next calls of an ioctl answer so. */
    void script(long request, int... answers) {
        Deque<Integer> queue = scripted.computeIfAbsent(request, ignored -> new ArrayDeque<>());
        for (int answer : answers) {
            queue.add(answer);
        }
    }

    /** Puts a text in the place of a file. */
    void file(String path, String text) {
        files.put(path, text);
    }

    /** From now on a file is not there. */
    void removeFile(String path) {
        files.remove(path);
    }

    @Override
    public int open(String path, int flags) {
        if (refusedPaths.containsKey(path)) {
            return -refusedPaths.get(path).number();
        }
        if (path.equals(HEAP_PATH)) {
            return remember(super.open("/dev/null", flags), Kind.HEAP);
        }
        if (path.equals(UdmabufIoctl.DEVICE)) {
            return remember(super.open("/dev/null", flags), Kind.UDMABUF);
        }
        if (path.equals(VENDOR_PATH)) {
            return remember(super.open("/dev/null", flags), Kind.VENDOR);
        }
        return super.open(path, flags);
    }

    @Override
    public int close(int fd) {
        kinds.remove(fd);
        fences.remove(fd);
        return super.close(fd);
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        if (command == LinuxAbi.F_GET_SEALS && kinds.get(fd) == Kind.DMABUF) {
            return -Errno.EINVAL.number();
        }
        int answer = super.fcntl(fd, command, argument);
        if (command == LinuxAbi.F_DUPFD_CLOEXEC && answer >= 0 && fences.containsKey(fd)) {
            fences.put(answer, fences.get(fd));
        }
        return command == LinuxAbi.F_DUPFD_CLOEXEC && kinds.containsKey(fd) ? remember(answer, kinds.get(fd)) : answer;
    }

    /** A dma-buf as another program would share it. */
    int dmaBuf(long bytes) {
        int fd = super.memfdCreate("dmabuf-fake", LinuxAbi.MFD_CLOEXEC);
        super.ftruncate(fd, bytes);
        return remember(fd, Kind.DMABUF);
    }

    /** A sync_file as a driver would give it out. */
    int syncFile(FakeFence fence) {
        int fd = remember(super.memfdCreate("dmabuf-fence", LinuxAbi.MFD_CLOEXEC), Kind.SYNC_FILE);
        fences.put(fd, fence);
        return fd;
    }

    /** What mmap of dma-bufs answers, if not a mapping. */
    @Nullable
    Errno unmappable;

    @Override
    public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
        return unmappable != null && kinds.get(fd) == Kind.DMABUF
                ? -unmappable.number()
                : super.mmap(address, length, protection, flags, fd, offset);
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        return whence == LinuxAbi.SEEK_CUR && kinds.get(fd) == Kind.DMABUF
                ? -Errno.EINVAL.number()
                : super.lseek(fd, offset, whence);
    }

    @Override
    public int ioctl(int fd, long request, long argument) {
        Deque<Integer> answers = scripted.getOrDefault(request, new ArrayDeque<>());
        if (!answers.isEmpty()) {
            return answers.remove();
        }
        Kind kind = kinds.get(fd);
        if (kind == Kind.HEAP && request == DmaHeapIoctl.ALLOC) {
            Scratch allocation = Scratch.asLeft();
            allocation.putInt(DmaHeapIoctl.FD, dmaBuf(allocation.getLong(DmaHeapIoctl.LENGTH)));
            return 0;
        }
        if (kind == Kind.UDMABUF && request == UdmabufIoctl.CREATE) {
            return createUdmabuf();
        }
        if (kind == Kind.VENDOR) {
            return vendorIoctl(request);
        }
        if (kind == Kind.SYNC_FILE) {
            return syncFileIoctl(fd, request);
        }
        return kind == Kind.DMABUF ? dmaBufIoctl(request) : super.ioctl(fd, request, argument);
    }

    private int createUdmabuf() {
        Scratch create = Scratch.asLeft();
        long size = create.getLong(UdmabufIoctl.SIZE);
        boolean fits = size <= udmabufLimit && create.getLong(UdmabufIoctl.OFFSET) % pageSize() == 0;
        return fits ? dmaBuf(size) : -Errno.EINVAL.number();
    }

    /** Keeps what LWIS and XRING are told, as their headers have it. */
    private int vendorIoctl(long request) {
        Scratch argument = Scratch.asLeft();
        if (request == LwisSync.PACKET) {
            syncs.add("lwis " + Integer.toHexString(argument.getInt(0)) + " next " + argument.getLong(8) + " fd "
                    + kinds.get(argument.getInt(16)) + " flags " + Integer.toHexString(argument.getInt(20)) + " at "
                    + Integer.toUnsignedLong(argument.getInt(24)) + " of " + argument.getLong(28));
            argument.putInt(4, lwisOutcomes.isEmpty() ? 0 : lwisOutcomes.remove());
            return 0;
        }
        syncs.add("xring " + Long.toHexString(request) + " fd " + kinds.get(argument.getInt(0)) + " direction "
                + argument.getInt(4) + " at " + Integer.toUnsignedLong(argument.getInt(8)) + " of "
                + Integer.toUnsignedLong(argument.getInt(12)));
        effect.sync(xringFlags(request, argument.getInt(4)), argument.getInt(8), argument.getInt(12));
        return 0;
    }

    private static long xringFlags(long request, int direction) {
        Direction cpu = direction == 0 ? Direction.READ_WRITE : direction == 1 ? Direction.WRITE : Direction.READ;
        return DmaBufIoctl.syncFlags(request == XringSync.BEGIN ? SyncPhase.START : SyncPhase.END, cpu);
    }

    private int dmaBufIoctl(long request) {
        Scratch argument = Scratch.asLeft();
        if (request == DmaBufIoctl.SYNC) {
            syncs.add("whole " + argument.getLong(DmaBufIoctl.FLAGS));
            effect.sync(argument.getLong(DmaBufIoctl.FLAGS), 0, SyncEffect.WHOLE);
            return 0;
        }
        if (request == DmaBufIoctl.SET_NAME) {
            names.add(argument.getText(0, DmaBufIoctl.MAX_NAME_BYTES));
            return 0;
        }
        if (request == DmaBufIoctl.EXPORT_SYNC_FILE && hasSyncFiles) {
            return exportFence(argument);
        }
        if (request == DmaBufIoctl.IMPORT_SYNC_FILE && hasSyncFiles) {
            return importFence(argument);
        }
        if (request != DmaBufIoctl.SYNC_PARTIAL || !hasPartialSync) {
            return -Errno.ENOTTY.number();
        }
        return partialSync(argument);
    }

    private int syncFileIoctl(int fd, long request) {
        Scratch info = Scratch.asLeft();
        if (request != SyncFileIoctl.FILE_INFO) {
            return -Errno.ENOTTY.number();
        }
        for (int asked = SyncFileIoctl.STATUS + Integer.BYTES;
                asked < SyncFileIoctl.INFO_BYTES;
                asked += Integer.BYTES) {
            if (info.getInt(asked) != 0) {
                return -Errno.EINVAL.number();
            }
        }
        info.putInt(SyncFileIoctl.STATUS, fences.get(fd).status);
        return 0;
    }

    private int exportFence(Scratch argument) {
        fenceCalls.add("export " + argument.getInt(DmaBufIoctl.FLAGS));
        argument.putInt(DmaBufIoctl.SYNC_FILE_FD, syncFile(pending));
        return 0;
    }

    private int importFence(Scratch argument) {
        int fd = argument.getInt(DmaBufIoctl.SYNC_FILE_FD);
        if (kinds.get(fd) != Kind.SYNC_FILE) {
            return -Errno.EINVAL.number();
        }
        fenceCalls.add("import " + argument.getInt(DmaBufIoctl.FLAGS) + " status " + fences.get(fd).status);
        return 0;
    }

    private int partialSync(Scratch argument) {
        long flags = argument.getLong(DmaBufIoctl.FLAGS);
        if (flags == DmaBufIoctl.INVALID_FLAG) {
            return -Errno.EINVAL.number();
        }
        syncs.add("range " + flags + " at " + Integer.toUnsignedLong(argument.getInt(DmaBufIoctl.PARTIAL_OFFSET))
                + " of " + Integer.toUnsignedLong(argument.getInt(DmaBufIoctl.PARTIAL_LENGTH)));
        effect.sync(flags, argument.getInt(DmaBufIoctl.PARTIAL_OFFSET), argument.getInt(DmaBufIoctl.PARTIAL_LENGTH));
        return 0;
    }

    private int remember(int fd, Kind kind) {
        if (fd >= 0) {
            kinds.put(fd, kind);
        }
        return fd;
    }

    @Override
    public int poll(long descriptors, int count, int timeoutMillis) {
        Scratch descriptor = Scratch.asLeft();
        if (kinds.get(descriptor.getInt(PollDescriptor.FD)) != Kind.DMABUF) {
            return super.poll(descriptors, count, timeoutMillis);
        }
        polled.add(descriptor.getShort(PollDescriptor.EVENTS) + " for " + timeoutMillis);
        if (polls.isEmpty()) {
            return busy ? super.poll(descriptors, 0, timeoutMillis) : super.poll(descriptors, count, timeoutMillis);
        }
        int answer = polls.remove();
        descriptor.putShort(PollDescriptor.REVENTS, (short) answer);
        return Math.min(answer, 1);
    }

    @Override
    public String readText(String path) throws IOException {
        if (path.startsWith("/proc/self/fdinfo/")) {
            return fdInfo(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)), path);
        }
        if (path.startsWith("/sys/module/udmabuf/")) {
            if (!files.containsKey(path)) {
                throw new FileNotFoundException(path);
            }
            return files.get(path);
        }
        return files.containsKey(path) ? files.get(path) : super.readText(path);
    }

    private String fdInfo(int fd, String path) throws IOException {
        return kinds.get(fd) == Kind.DMABUF
                ? super.readText(path) + "size:\t4096\ncount:\t1\nexp_name:\t" + exporter + "\n"
                : super.readText(path);
    }

    @Override
    public List<String> list(String directory) {
        return directory.equals(DmaHeapIoctl.DIRECTORY) ? List.of("default_cma_region", HEAP) : super.list(directory);
    }
}
