// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Meters of one pool that come to a registry together or not at all, and go together. */
final class MeterSet {

    private final MeterRegistry registry;
    private final String pool;
    private final Set<Meter> foreign = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Meter> own = new ArrayList<>();

    private MeterSet(MeterRegistry registry, String pool) {
        this.registry = registry;
        this.pool = pool;
        foreign.addAll(registry.getMeters());
    }

    /**
     * Registers meters; one set at a time, as a registry cannot be asked to register only what is new.
     *
     * @param registration calls {@link #add} with each; what it throws passes, and the registry is as it was
     * @return what the registration answers
     */
    static synchronized <T> T register(MeterRegistry registry, String pool, Function<MeterSet, T> registration) {
        MeterSet set = new MeterSet(registry, pool);
        try {
            T answer = registration.apply(set);
            set.foreign.clear();
            return answer;
        } catch (RuntimeException | Error e) {
            set.removeAfter(e);
            throw e;
        }
    }

    /** Where to register. */
    MeterRegistry registry() {
        return registry;
    }

    /**
     * Takes a meter that was just registered into the set.
     *
     * @throws IllegalStateException if the registry answered with a meter that it had before
     */
    <M extends Meter> M add(M meter) {
        if (foreign.contains(meter)) {
            throw new IllegalStateException("nothing registered for pool '" + pool + "': the registry "
                    + registry.getClass().getSimpleName() + " has " + meter.getId()
                    + " already, from a pool of the same name or from a binding to this registry that was not closed."
                    + " Close that, or give each pool a name of its own; no filter may drop the tag 'pool'");
        }
        own.add(meter);
        return meter;
    }

    /** Takes the meters off the registry. A second call does nothing. */
    void remove() {
        own.forEach(meter -> registry.remove(meter.getId()));
        own.clear();
    }

    private void removeAfter(Throwable cause) {
        try {
            remove();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}
