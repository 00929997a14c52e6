// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;

/**
 * Files that are not whole yet. When the process ends, by Ctrl-C or another signal that can be caught, they are deleted, and no
 * new one is made any more: threads run on meanwhile. Safe for use by many threads.
 */
final class PartFiles {

    private static final Set<Path> PARTS = new HashSet<>();
    private static boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(PartFiles::end, "part-files"));
    }

    private PartFiles() {}

    /** Makes an empty file. */
    static synchronized void create(Path part) throws IOException {
        if (ending) {
            throw new IOException("the program is ending");
        }
        PARTS.add(part);
        boolean created = false;
        try {
            Files.createFile(part);
            created = true;
        } finally {
            if (!created) {
                PARTS.remove(part);
            }
        }
    }

    /** Moves a file that is whole to its place, over what is there. */
    static synchronized void move(Path part, Path place) throws IOException {
        Files.move(part, place, StandardCopyOption.REPLACE_EXISTING);
        PARTS.remove(part);
    }

    /** Deletes a file if there is one. */
    static synchronized void delete(Path part) throws IOException {
        Files.deleteIfExists(part);
        PARTS.remove(part);
    }

    private static synchronized void end() {
        ending = true;
        for (Path part : PARTS) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException left) {
                // The process ends: there is nobody to tell.
            }
        }
    }
}
