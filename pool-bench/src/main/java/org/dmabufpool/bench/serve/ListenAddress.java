// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where to listen.
 *
 * @param host an address of this machine
 * @param port 0 to 65535; 0 picks a free one
 */
public record ListenAddress(InetAddress host, int port) {

    private static final int LAST_PORT = 65535;

    /**
     * Checks what a user asked for.
     *
     * @param host name or address
     * @param remote whether an address that other machines reach will do
     * @throws IllegalArgumentException if the host is unknown or not available, or the port out of range
     */
    public static ListenAddress of(String host, int port, boolean remote) {
        if (port < 0 || port > LAST_PORT) {
            throw new IllegalArgumentException(
                    "a port is 0 to " + LAST_PORT + ", where 0 picks a free one: --port " + port);
        }
        InetAddress address = resolve(host);
        if (!address.isLoopbackAddress() && !remote) {
            throw new IllegalArgumentException("--host " + host
                    + " is an address that other machines reach, and whoever reaches the page sees the pool; there is no"
                    + " password. Add --allow-remote if that is meant, or leave out --host");
        }
        return new ListenAddress(address, port);
    }

    private static InetAddress resolve(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(
                    "--host " + host + " is not known here: give an address of this machine");
        }
    }
}
