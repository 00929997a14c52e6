// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A dashboard of Grafana's, as far as Prometheus answers it.
 *
 * @param root the whole
 * @param panels those that show something
 */
record Dashboard(JsonNode root, List<JsonNode> panels) {

    /** What Grafana would put in for a scrape every half second, and for "All". */
    private static final String RATE_INTERVAL = "10s";

    private static final String ALL_POOLS = ".*";

    /** Reads Grafana's JSON. */
    static Dashboard parse(String json) {
        try {
            JsonNode root = new ObjectMapper().readTree(json);
            List<JsonNode> panels = new ArrayList<>();
            root.path("panels").forEach(panel -> {
                if (!panel.path("type").asText().equals("row")) {
                    panels.add(panel);
                }
            });
            return new Dashboard(root, panels);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON", e);
        }
    }

    /** The expressions of a panel, variables still in them. */
    static List<String> expressions(JsonNode panel) {
        List<String> all = new ArrayList<>();
        panel.path("targets").forEach(target -> all.add(target.path("expr").asText()));
        return all;
    }

    /** The expressions that Prometheus refuses or has no data for, one a line, each after its panel's title. */
    List<String> withoutData(Prometheus prometheus) {
        List<String> found = new ArrayList<>();
        for (JsonNode panel : panels) {
            for (String expression : expressions(panel)) {
                String fault = fault(prometheus, expression);
                if (!fault.isEmpty()) {
                    found.add(panel.path("title").asText() + ": " + expression + ": " + fault);
                }
            }
        }
        return found;
    }

    private static String fault(Prometheus prometheus, String expression) {
        String filled = expression.replace("$__rate_interval", RATE_INTERVAL).replace("$pool", ALL_POOLS);
        try {
            return prometheus.query(filled).isEmpty() ? "no data" : "";
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage());
        }
    }
}
