// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The bytes of a dump, packed by gzip or not: what they are shows by the first two, whatever the name. */
final class DumpSource {

    private static final int BUFFER = 1 << 16;
    private static final int GZIP_MAGIC = 0x1f8b;

    private DumpSource() {}

    /** Opens a file; the message of what it throws says why it cannot. */
    static InputStream open(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException("cannot read " + path + ": it is a directory; name the file in it");
        }
        if (!Files.exists(path)) {
            throw new IOException("cannot read " + path + ": there is no such file");
        }
        if (!Files.isReadable(path)) {
            throw new IOException("cannot read " + path + ": permission denied");
        }
        return Files.newInputStream(path);
    }

    /** The bytes as they were before gzip, if that packed them. */
    static InputStream unpacked(InputStream raw) throws IOException {
        InputStream bytes = new BufferedInputStream(raw, BUFFER);
        bytes.mark(2);
        int magic = bytes.read() << Byte.SIZE | bytes.read();
        bytes.reset();
        return magic == GZIP_MAGIC ? new GZIPInputStream(bytes, BUFFER) : bytes;
    }
}
