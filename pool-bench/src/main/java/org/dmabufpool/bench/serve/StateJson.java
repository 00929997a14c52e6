// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import org.dmabufpool.PoolBudget;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.SizeClass;
import org.dmabufpool.TagUse;
import org.dmabufpool.bench.shoot.HeapChoice;
import org.dmabufpool.bench.text.Words;

/** Writes {@code /state}; docs/live-page.md describes it. Safe for use by many threads. */
final class StateJson {

    private static final int VERSION = 1;
    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final long started;
    private final HeapChoice heap;
    private final TracePlayer player;
    private final Sampler sampler;

    /**
     * A writer for one server.
     *
     * @param started when the server was started, in ms of the epoch: tells it from the one before at the same address
     */
    StateJson(long started, HeapChoice heap, TracePlayer player, Sampler sampler) {
        this.started = started;
        this.heap = heap;
        this.player = player;
        this.sampler = sampler;
    }

    String write(Sampler.View view) throws IOException {
        Snapshot now = view.now();
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format", "dmabuf-pool-state").put("version", VERSION);
        root.put("started", started).put("sequence", now.number()).put("epochMillis", now.epochMillis());
        root.put("intervalMillis", Sampler.INTERVAL_MILLIS);
        pool(root.putObject("pool"), now.statistics());
        player(root.putObject("workload"));
        figures(root.putObject("figures"), now.figures());
        ArrayNode tags = root.putArray("tags");
        now.statistics().tags().forEach(tag -> tag(tags.addObject(), tag));
        now.statistics().sizeClasses().forEach(size -> sizeClass(root.withArray("sizeClasses"), size));
        ArrayNode budgets = root.putArray("budgets");
        now.statistics().budgets().forEach(budget -> budget(budgets.addObject(), budget));
        root.set("regions", MAPPER.readTree(now.dump()).get("regions"));
        history(root.putObject("history"), view);
        return MAPPER.writeValueAsString(root);
    }

    private void pool(ObjectNode json, PoolStatistics now) {
        json.put("name", now.name()).put("capacityBytes", now.capacityBytes());
        json.put("heap", heap.heap().name()).put("heapReason", heap.reason());
        json.put("syncWay", Words.of(now.syncWay())).put("syncReason", now.syncReason());
    }

    private void player(ObjectNode json) {
        json.put("trace", player.name()).put("speed", player.speed()).put("rounds", player.rounds());
        String problem = player.problem();
        json.put("problem", problem == null ? sampler.problem() : problem);
    }

    private static void figures(ObjectNode json, Figures figures) {
        for (Map.Entry<String, Number> figure : figures.byName().entrySet()) {
            json.set(figure.getKey(), MAPPER.valueToTree(figure.getValue()));
        }
    }

    private static void tag(ObjectNode json, TagUse use) {
        json.put("tag", use.tag()).put("slices", use.slices());
        json.put("reservedBytes", use.reservedBytes()).put("requestedBytes", use.requestedBytes());
        json.put("oldestMillis", use.oldestNanos() / NANOS_PER_MILLI);
    }

    private static void budget(ObjectNode json, PoolBudget budget) {
        json.put("tag", budget.tag()).put("guaranteedBytes", budget.guaranteedBytes());
        json.put("mostBytes", budget.mostBytes()).put("usedBytes", budget.usedBytes());
        json.put("guaranteedFreeBytes", budget.guaranteedFreeBytes());
    }

    private static void sizeClass(ArrayNode all, SizeClass size) {
        all.addObject()
                .put("fromBytes", size.fromBytes())
                .put("slices", size.slices())
                .put("reservedBytes", size.reservedBytes())
                .put("holes", size.holes())
                .put("holeBytes", size.holeBytes());
    }

    /** Rows instead of objects, as names would be most of the text. */
    private static void history(ObjectNode json, Sampler.View view) {
        ArrayNode columns = json.putArray("columns").add("sequence").add("epochMillis");
        view.now().figures().names().forEach(columns::add);
        ArrayNode rows = json.putArray("rows");
        for (Sampler.Past past : view.history()) {
            ArrayNode row = rows.addArray().add(past.number()).add(past.epochMillis());
            past.figures().byName().values().forEach(value -> row.addPOJO(value));
        }
    }
}
