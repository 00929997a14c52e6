// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.dmabufpool.PoolBudget;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.SizeClass;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.sync.SyncStatistics;
import org.jspecify.annotations.Nullable;

/**
 * The table of a pool's meters. Every function given to Micrometer holds the {@link Scrapes} itself, so that no figure is
 * lost to a collection: gauges can be told to hold strongly, counters and timers cannot.
 */
final class PoolMeters {

    /** The order of the smallest block, 128 bytes: the least alignment of a slice. */
    private static final int MIN_ORDER = 7;

    private final MeterSet set;
    private final Tags pool;
    private final Scrapes scrapes;
    private int meters;

    PoolMeters(MeterSet set, String pool, Scrapes scrapes) {
        this.set = set;
        this.pool = Tags.of("pool", pool);
        this.scrapes = scrapes;
    }

    /**
     * Registers all.
     *
     * @param capacityBytes the pool's; there is a pair of block gauges for each order up to its own
     * @param budgets their tags
     */
    void register(long capacityBytes, List<String> budgets) {
        registerMemory();
        registerSlices();
        registerRequests();
        registerSync();
        registerBlocks(order(capacityBytes));
        budgets.forEach(this::registerBudget);
    }

    private void registerMemory() {
        bytes("max", "Size of the dma-buf", PoolStatistics::capacityBytes);
        bytes("used", "Reserved for slices, rounding included", PoolStatistics::usedBytes);
        bytes("requested", "Asked for by the owners of open slices", PoolStatistics::requestedBytes);
        bytes("peak", "The most that was ever used", PoolStatistics::peakUsedBytes);
        bytes("free.largest", "The largest slice that could be allocated", PoolStatistics::largestFreeBytes);
        bytes("held", "Free bytes that are held for the first request that waits", PoolStatistics::heldBytes);
        bytes("leaked", "Used by leaked slices that were not given back", PoolStatistics::leakedBytes);
        bytes(
                "retiring",
                "Used by nobody who owns it, as a device still uses it or its fence is pending",
                PoolStatistics::retiringBytes);
        bytes("quarantined", "Used by nobody, as the kernel refused to clean it", PoolStatistics::quarantinedBytes);
        fragmentation("external", PoolStatistics::externalFragmentation);
        fragmentation("internal", PoolStatistics::internalFragmentation);
    }

    private void registerSlices() {
        gauge("dmabuf.pool.slices.active", "Slices that have an owner", PoolStatistics::openSlices);
        gauge(
                "dmabuf.pool.slices.retiring",
                "Slices without owner whose place is not given back yet",
                PoolStatistics::retiringSlices);
        gauge("dmabuf.pool.owners.active", "Owners of open slices, shared ones included", PoolStatistics::openOwners);
        gauge("dmabuf.pool.loans.active", "Loans to devices that have not ended", PoolStatistics::openLoans);
        counter("dmabuf.pool.loans.failed", "Loans that ended by a fence with an error", PoolStatistics::loansFailed);
        gauge("dmabuf.pool.windows", "Windows open, those kept for later slices included", PoolStatistics::windowsOpen);
        counter(
                "dmabuf.pool.releases",
                "Slices whose last owner has closed, leaked ones included",
                PoolStatistics::releases);
        counter("dmabuf.pool.leaks", "Slices and loans collected without being closed", PoolStatistics::leaks);
        set.add(TimeGauge.builder(
                        "dmabuf.pool.slice.oldest.age",
                        scrapes,
                        TimeUnit.NANOSECONDS,
                        reading(PoolStatistics::oldestSliceNanos))
                .description("Age of the oldest open slice")
                .tags(pool)
                .strongReference(true)
                .register(set.registry()));
    }

    private void registerRequests() {
        allocations("success", PoolStatistics::allocations);
        allocations("exhausted", PoolStatistics::exhausted);
        allocations("fragmented", PoolStatistics::fragmented);
        allocations("over_budget", PoolStatistics::overBudget);
        allocations("invalid", PoolStatistics::invalid);
        timer(
                "dmabuf.pool.waits",
                "Requests that had to wait for space, and for how long; counted when the wait ends",
                PoolStatistics::waits,
                PoolStatistics::waitNanos);
        gauge("dmabuf.pool.waiting", "Requests that wait for space now", PoolStatistics::waiting);
    }

    private void registerSync() {
        sync("start", SyncPhase.START);
        sync("end", SyncPhase.END);
        syncBytes("slice", SyncStatistics::bytesAsked);
        syncBytes("line", SyncStatistics::bytes);
        syncBytes("buffer", SyncStatistics::bytesWholeBuffer);
        counter(
                "dmabuf.pool.sync.restarts",
                "Sync calls begun anew after EINTR or EAGAIN",
                now -> now.sync().restarts());
    }

    private void registerBlocks(int maxOrder) {
        for (int order = MIN_ORDER; order <= maxOrder; order++) {
            blocks("used", order, SizeClass::slices);
            blocks("free", order, SizeClass::holes);
        }
    }

    private void registerBudget(String tag) {
        budget("used", "Reserved for slices of a tag with a budget", tag, PoolBudget::usedBytes);
        budget("most", "What slices of the tag may have", tag, PoolBudget::mostBytes);
        budget("guaranteed", "What is kept for slices of the tag alone", tag, PoolBudget::guaranteedBytes);
        budget("guaranteed.free", "What of that is free", tag, PoolBudget::guaranteedFreeBytes);
    }

    private void budget(String what, String description, String tag, ToLongFunction<PoolBudget> value) {
        gauge(
                "dmabuf.pool.budget." + what,
                description,
                BaseUnits.BYTES,
                now -> now.budgets().stream()
                        .filter(budget -> budget.tag().equals(tag))
                        .mapToLong(value)
                        .sum(),
                "tag",
                tag);
    }

    private static int order(long bytes) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(bytes);
    }

    private void bytes(String what, String description, ToDoubleFunction<PoolStatistics> value) {
        gauge("dmabuf.pool.memory." + what, description, BaseUnits.BYTES, value);
    }

    private void fragmentation(String kind, ToDoubleFunction<PoolStatistics> value) {
        gauge(
                "dmabuf.pool.fragmentation.ratio",
                "Free memory that the largest slice would leave over (external), or rounding in what is used (internal)",
                null,
                value,
                "kind",
                kind);
    }

    private void blocks(String state, int order, ToLongFunction<SizeClass> value) {
        gauge(
                "dmabuf.pool.blocks",
                "Slices (used) and holes (free) of 2^order bytes to just below 2^(order+1)",
                null,
                now -> now.sizeClasses().stream()
                        .filter(one -> one.fromBytes() == 1L << order)
                        .mapToLong(value)
                        .sum(),
                "state",
                state,
                "order",
                Integer.toString(order));
    }

    private void allocations(String result, ToDoubleFunction<PoolStatistics> value) {
        counter("dmabuf.pool.allocations", "Requests by how they ended", null, value, "result", result);
    }

    private void sync(String name, SyncPhase phase) {
        Predicate<SyncStatistics.Phases> isPhase = phases -> phases.phase() == phase;
        timer(
                "dmabuf.pool.sync",
                "Beginnings and ends of accesses, and the time they took, fences and waits included",
                now -> now.sync().phases().stream()
                        .filter(isPhase)
                        .mapToLong(SyncStatistics.Phases::count)
                        .sum(),
                now -> now.sync().phases().stream()
                        .filter(isPhase)
                        .mapToLong(SyncStatistics.Phases::nanos)
                        .sum(),
                "phase",
                name);
    }

    private void syncBytes(String scope, ToLongFunction<SyncStatistics> value) {
        counter(
                "dmabuf.pool.sync.bytes",
                "Bytes of accesses (slice), bytes that sync calls named for them (line), and what whole-buffer calls would"
                        + " have named (buffer)",
                BaseUnits.BYTES,
                now -> value.applyAsLong(now.sync()),
                "scope",
                scope);
    }

    private void gauge(String name, String description, ToDoubleFunction<PoolStatistics> value) {
        gauge(name, description, null, value);
    }

    private void gauge(
            String name,
            String description,
            @Nullable String unit,
            ToDoubleFunction<PoolStatistics> value,
            String... tags) {
        set.add(Gauge.builder(name, scrapes, reading(value))
                .description(description)
                .baseUnit(unit)
                .tags(pool.and(tags))
                .strongReference(true)
                .register(set.registry()));
    }

    private void counter(String name, String description, ToDoubleFunction<PoolStatistics> value) {
        counter(name, description, null, value);
    }

    private void counter(
            String name,
            String description,
            @Nullable String unit,
            ToDoubleFunction<PoolStatistics> value,
            String... tags) {
        set.add(FunctionCounter.builder(name, scrapes, reading(value))
                .description(description)
                .baseUnit(unit)
                .tags(pool.and(tags))
                .register(set.registry()));
    }

    private void timer(
            String name,
            String description,
            ToLongFunction<PoolStatistics> count,
            ToDoubleFunction<PoolStatistics> nanos,
            String... tags) {
        int meter = meters++;
        Scrapes own = scrapes;
        set.add(FunctionTimer.builder(
                        name,
                        own,
                        same -> count.applyAsLong(own.readPart(meter)),
                        same -> nanos.applyAsDouble(own.readPart(meter)),
                        TimeUnit.NANOSECONDS)
                .description(description)
                .tags(pool.and(tags))
                .register(set.registry()));
    }

    private ToDoubleFunction<Scrapes> reading(ToDoubleFunction<PoolStatistics> value) {
        int meter = meters++;
        Scrapes own = scrapes;
        return same -> value.applyAsDouble(own.read(meter));
    }
}
