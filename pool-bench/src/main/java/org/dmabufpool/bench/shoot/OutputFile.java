// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears whole or not at all: it is written beside its place and moved there by {@link #commit}.
 *
 * <p>A place that is no regular file, such as {@code /dev/stdout}, is written to directly.
 */
public final class OutputFile implements AutoCloseable {

    private final Path place;
    private final Path part;
    private long written;

    private OutputFile(Path place, Path part) {
        this.place = place;
        this.part = part;
    }

    /**
     * Makes sure, before any work is done, that the file can be written.
     *
     * @throws IOException if it cannot; the message says why
     */
    public static OutputFile at(Path place) throws IOException {
        if (Files.isDirectory(place)) {
            throw new IOException("cannot write " + place + ": it is a directory");
        }
        if (Files.exists(place) && !Files.isRegularFile(place)) {
            return new OutputFile(place, place);
        }
        Path folder = place.toAbsolutePath().normalize().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IOException("cannot write " + place + ": there is no directory " + folder);
        }
        if (Files.exists(place) && !Files.isWritable(place)) {
            throw new IOException("cannot write " + place + ": the file is read-only");
        }
        String name = "." + place.getFileName() + "." + ProcessHandle.current().pid() + ".part";
        try {
            Path part = Files.createFile(folder.resolve(name));
            // An interrupted program leaves nothing either.
            part.toFile().deleteOnExit();
            return new OutputFile(place, part);
        } catch (IOException refused) {
            throw new IOException("cannot write " + place + ": the directory " + folder + " takes no files", refused);
        }
    }

    /** The file's place. */
    public Path place() {
        return place;
    }

    /** Bytes written so far. */
    public long size() {
        return written;
    }

    /** Writes the buffer's bytes from its position to its limit. */
    public void write(ByteBuffer bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                written += channel.write(bytes);
            }
        } catch (IOException failure) {
            throw new IOException("cannot write " + place + ": " + failure.getMessage(), failure);
        }
    }

    /** Puts the file into its place, over what was there. */
    public void commit() throws IOException {
        if (!part.equals(place)) {
            Files.move(part, place, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Removes what was written, unless it was committed. */
    @Override
    public void close() throws IOException {
        if (!part.equals(place)) {
            Files.deleteIfExists(part);
        }
    }
}
