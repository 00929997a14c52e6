// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears whole or not at all: it is written beside its place and moved there by {@link #commit}. Where the place is a
 * symbolic link, that stays, and what it leads to is replaced.
 *
 * <p>A place that is no regular file, such as {@code /dev/null}, is written to directly, and so is standard output.
 */
public final class OutputFile implements AutoCloseable {

    /** More than the kernel follows. */
    private static final int MOST_LINKS = 64;
    /** Two may be written to one place, though not by one command. */
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String name;
    /** Where it goes; null for a stream. */
    private final @Nullable Path target;
    /** What is moved there; null where it is written to directly. */
    private final @Nullable Path part;
    /** What is written to if it is no file. */
    private final @Nullable PrintStream stream;

    private long written;

    private OutputFile(String name, @Nullable Path target, @Nullable Path part, @Nullable PrintStream stream) {
        this.name = name;
        this.target = target;
        this.part = part;
        this.stream = stream;
    }

    /**
     * A stream in place of a file; it stays open.
     *
     * @param name for messages
     */
    public static OutputFile of(String name, PrintStream stream) {
        return new OutputFile(name, null, null, stream);
    }

    /**
     * Makes sure, before any work is done, that the file can be written.
     *
     * @throws IOException if it cannot; the message says why
     */
    public static OutputFile at(Path place) throws IOException {
        String name = place.toString();
        Path target = followed(place).toAbsolutePath().normalize();
        if (Files.isDirectory(target)) {
            throw cannotWrite(name, "it is a directory; name a file in it", null);
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            return new OutputFile(name, target, null, null);
        }
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw cannotWrite(name, "there is no directory " + folder + "; make it first", null);
        }
        if (Files.exists(target) && !Files.isWritable(target)) {
            throw cannotWrite(name, "the file is read-only; name another, or let it be written", null);
        }
        Path part = folder.resolve("." + target.getFileName() + "."
                + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet() + ".part");
        try {
            PartFiles.create(part);
        } catch (IOException refused) {
            throw cannotWrite(name, "the directory " + folder + " takes no files", refused);
        }
        return new OutputFile(name, target, part, null);
    }

    /** What a symbolic link leads to, whether there is such a file or not. */
    private static Path followed(Path place) throws IOException {
        Path path = place;
        for (int links = 0; Files.isSymbolicLink(path); links++) {
            if (links == MOST_LINKS) {
                throw cannotWrite(place.toString(), "the symbolic link leads to itself", null);
            }
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        return path;
    }

    private static IOException cannotWrite(String name, String why, @Nullable IOException cause) {
        return new IOException("cannot write " + name + ": " + why, cause);
    }

    /** What messages call it. */
    public String name() {
        return name;
    }

    /** Whether both write to one file. */
    public boolean isSameAs(OutputFile other) throws IOException {
        if (target == null || other.target == null) {
            return target == null && other.target == null;
        }
        return target.equals(other.target)
                || (Files.exists(target) && Files.exists(other.target) && Files.isSameFile(target, other.target));
    }

    /** Bytes written so far. */
    public long size() {
        return written;
    }

    /** Writes the buffer's bytes from its position to its limit. */
    public void write(ByteBuffer bytes) throws IOException {
        try (WritableByteChannel channel = channel()) {
            while (bytes.hasRemaining()) {
                written += channel.write(bytes);
            }
        } catch (IOException failure) {
            throw cannotWrite(name, String.valueOf(failure.getMessage()), failure);
        }
    }

    private WritableByteChannel channel() throws IOException {
        PrintStream out = stream;
        if (out != null) {
            return new StreamChannel(out);
        }
        Path file = part == null ? target : part;
        return FileChannel.open(Objects.requireNonNull(file), StandardOpenOption.WRITE);
    }

    /** A channel whose end leaves the stream open. */
    private record StreamChannel(PrintStream stream) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = Channels.newChannel(stream).write(bytes);
            // A print stream keeps its failures to itself.
            if (stream.checkError()) {
                throw new IOException("it is closed or full");
            }
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // It is not this one's to close.
        }
    }

    /** Puts the file into its place, over what was there. */
    public void commit() throws IOException {
        if (part != null && target != null) {
            PartFiles.move(part, target);
        }
    }

    /** Removes what was written, unless it was committed. */
    @Override
    public void close() throws IOException {
        if (part != null) {
            PartFiles.delete(part);
        }
    }
}
