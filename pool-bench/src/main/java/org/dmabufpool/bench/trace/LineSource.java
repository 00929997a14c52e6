// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text file, or of one that gzip packed: what it is shows by its first two bytes, whatever its name.
 *
 * <p>Lines have a greatest length, so that a file which is no text does no harm.
 */
public final class LineSource implements AutoCloseable {

    /** Far more than a line of a trace has, comments and long tags apart. */
    static final int LONGEST_LINE = 1 << 16;

    private static final int BUFFER = 1 << 16;
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int MOST_SHOWN = 60;

    private final String file;
    private final InputStream bytes;
    private long number;
    private String text = "";

    private LineSource(String file, InputStream bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Opens a file.
     *
     * @throws IOException if it cannot be opened; the message says why
     * @throws TraceFormatException if its name says gzip and its contents do not
     */
    public static LineSource open(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException("cannot read " + path + ": it is a directory");
        }
        if (!Files.exists(path)) {
            throw new IOException("cannot read " + path + ": there is no such file");
        }
        if (!Files.isReadable(path)) {
            throw new IOException("cannot read " + path + ": permission denied");
        }
        InputStream raw = new BufferedInputStream(Files.newInputStream(path), BUFFER);
        boolean opened = false;
        try {
            LineSource source = new LineSource(path.toString(), unpacked(path.toString(), raw));
            opened = true;
            return source;
        } finally {
            if (!opened) {
                raw.close();
            }
        }
    }

    /**
     * Reads a stream.
     *
     * @param name of the stream, for messages
     * @throws IOException if it cannot be read
     */
    static LineSource of(String name, InputStream bytes) throws IOException {
        return new LineSource(name, unpacked(name, new BufferedInputStream(bytes, BUFFER)));
    }

    private static InputStream unpacked(String name, InputStream raw) throws IOException {
        raw.mark(2);
        int magic = raw.read() << Byte.SIZE | raw.read();
        raw.reset();
        if (magic != GZIP_MAGIC) {
            if (name.endsWith(".gz")) {
                throw new TraceFormatException(name + ": its name ends in .gz, but its contents are not gzip's");
            }
            return raw;
        }
        try {
            return new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER);
        } catch (EOFException | ZipException broken) {
            throw new TraceFormatException(name + ": its gzip header is broken: " + broken.getMessage());
        }
    }

    /** The next line, a letter for each byte, without white space around it, or null at the end. */
    public @Nullable String next() throws IOException {
        number++;
        text = "";
        try {
            StringBuilder line = new StringBuilder();
            int letter = bytes.read();
            if (letter < 0) {
                return null;
            }
            for (; letter >= 0 && letter != '\n'; letter = bytes.read()) {
                if (line.length() == LONGEST_LINE) {
                    text = line.toString();
                    throw wrong("a line has at most " + LONGEST_LINE + " bytes; is this a trace?");
                }
                line.append((char) letter);
            }
            text = line.toString().strip();
            return text;
        } catch (EOFException cut) {
            throw wrong("the gzip data end in the middle: the file was cut short; copy or record it again");
        } catch (ZipException broken) {
            throw wrong("the gzip data are damaged, copy or record them again: " + broken.getMessage());
        }
    }

    /** What is to be thrown because of the line that was read last. */
    public TraceFormatException wrong(String what) {
        String shown = text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text;
        return new TraceFormatException(
                file + ", line " + number + ": " + what + (shown.isEmpty() ? "" : ": '" + printable(shown) + "'"));
    }

    private static String printable(String text) {
        return text.codePoints()
                .map(letter -> letter < ' ' || (letter > '~' && letter != '…') ? '?' : letter)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
