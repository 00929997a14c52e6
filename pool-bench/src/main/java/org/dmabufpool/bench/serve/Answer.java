// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

/**
 * What a request is answered with.
 *
 * @param status of HTTP
 * @param type of the contents, as in the header
 * @param body the contents, which are sent as UTF-8
 */
record Answer(int status, String type, String body) {

    static final int OK = 200;
    static final int BAD_REQUEST = 400;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int BAD_METHOD = 405;
    static final int FAILED = 500;
    static final int UNAVAILABLE = 503;

    static final String JSON = "application/json";

    private static final String TEXT = "text/plain; charset=utf-8";

    static Answer of(String type, String body) {
        return new Answer(OK, type, body);
    }

    /** A message for people. */
    static Answer problem(int status, String message) {
        return new Answer(status, TEXT, message + "\n");
    }
}
