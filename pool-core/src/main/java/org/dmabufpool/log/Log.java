// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.log;

import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a class logs, by {@code java.util.logging}, which Android has, too. A runtime that was linked with {@code java.base} alone has
 * it not: there warnings go to standard error, and nothing else is logged. Safe for use by many threads.
 */
public final class Log {

    private static final boolean PRESENT = isPresent();

    private final @Nullable Target target;

    /** The only class that knows the module: it is loaded where there is one. */
    private static final class Target {

        private final Logger logger;

        Target(String name) {
            logger = Logger.getLogger(name);
        }

        private void log(Level level, String message, @Nullable Throwable cause) {
            logger.logp(level, logger.getName(), null, message, cause);
        }

        void warning(Supplier<String> message, @Nullable Throwable cause) {
            if (logger.isLoggable(Level.WARNING)) {
                log(Level.WARNING, message.get(), cause);
            }
        }

        void fine(String message, Throwable cause) {
            if (logger.isLoggable(Level.FINE)) {
                log(Level.FINE, message, cause);
            }
        }
    }

    /**
     * The log of a class.
     *
     * @param owner its name is the logger's
     */
    public Log(Class<?> owner) {
        target = PRESENT ? new Target(owner.getName()) : null;
    }

    private static boolean isPresent() {
        try {
            Class.forName("java.util.logging.Logger", false, null);
            return true;
        } catch (ClassNotFoundException linkedWithout) {
            return false;
        }
    }

    /** Something that a user should know of. */
    public void warning(Supplier<String> message) {
        warning(null, message);
    }

    /** The same, with what it comes from. */
    public void warning(@Nullable Throwable cause, Supplier<String> message) {
        if (target != null) {
            target.warning(message, cause);
        } else {
            print("WARNING: " + message.get() + (cause == null ? "" : ": " + cause));
        }
    }

    @WritesToStandardError
    private static void print(String line) {
        System.err.println(line);
    }

    /** Something for those who look for a fault. Takes no memory unless it is logged. */
    public void fine(Throwable cause, String message) {
        if (target != null) {
            target.fine(message, cause);
        }
    }
}
