// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of the page, from the class path. */
final class Assets {

    private static final String OWN = "/org/dmabufpool/bench/serve/";
    private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/";

    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private Assets() {}

    /**
     * All of them by their paths.
     *
     * @throws IOException if one cannot be read
     */
    static Map<String, Answer> load() throws IOException {
        Map<String, Answer> assets = new LinkedHashMap<>();
        assets.put("/", read(OWN + "page.html", "text/html; charset=utf-8"));
        assets.put("/page.css", read(OWN + "page.css", STYLE));
        assets.put("/page.js", read(OWN + "page.js", SCRIPT));
        assets.put("/icon.svg", read(OWN + "icon.svg", "image/svg+xml"));
        assets.put("/lib/uplot/uPlot.esm.js", read(CHARTS + "dist/uPlot.esm.js", SCRIPT));
        assets.put("/lib/uplot/uPlot.min.css", read(CHARTS + "dist/uPlot.min.css", STYLE));
        assets.put("/lib/uplot/LICENSE", read(CHARTS + "LICENSE", "text/plain; charset=utf-8"));
        return assets;
    }

    private static Answer read(String resource, String type) throws IOException {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the class path lacks " + resource + ": build the jar anew, mvn -Pshoot package");
            }
            return Answer.of(type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
