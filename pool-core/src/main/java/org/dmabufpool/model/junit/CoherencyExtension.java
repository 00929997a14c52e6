// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model.junit;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.model.Violation;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link ModelHeap} whose caches are under pressure, and fails those in which a sync was missing.
 *
 * <p>A test method or a {@code @BeforeEach} method that has a parameter of type {@link ModelHeap} gets one, the same
 * throughout a test. After the test, its {@code @AfterEach} methods included, every violation is listed: which access of
 * which slice, at which line, allocated where; and every loan that was not ended. Where the test has failed already, the list joins that failure, since a
 * missing sync may well be its cause. {@link CoherencyModel} says what the heap is like.
 */
public final class CoherencyExtension implements ParameterResolver, AfterEachCallback {

    /** Name of the system property that sets the seed of every test, to see a failure again. */
    public static final String SEED_PROPERTY = "dmabufpool.model.seed";

    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(CoherencyExtension.class);

    /** For JUnit. */
    public CoherencyExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == ModelHeap.class
                && test.getTestMethod().isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return test.getStore(STORE).getOrComputeIfAbsent(ModelHeap.class, key -> heap(test), ModelHeap.class);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        ModelHeap heap = test.getStore(STORE).get(ModelHeap.class, ModelHeap.class);
        if (heap == null) {
            return;
        }
        Optional<Throwable> failure = test.getExecutionException();
        if (failure.isPresent()) {
            failure.get().addSuppressed(new AssertionError(report(heap)));
        } else if (!heap.violations().isEmpty() || !heap.openLoans().isEmpty()) {
            throw new AssertionError(report(heap));
        }
    }

    private static ModelHeap heap(ExtensionContext test) {
        Optional<CoherencyModel> model = test.getTestMethod()
                .map(method -> method.getAnnotation(CoherencyModel.class))
                .or(() -> test.getTestClass().map(type -> type.getAnnotation(CoherencyModel.class)));
        ModelHeap heap = model.map(CoherencyExtension::heap).orElseGet(ModelHeap::new);
        return heap.withSeed(seed(model.map(CoherencyModel::seed).orElse(0L)));
    }

    private static ModelHeap heap(CoherencyModel model) {
        SyncWay[] ways = model.ways();
        if (ways.length == 0) {
            throw new IllegalArgumentException("@CoherencyModel needs at least one way to sync: ways={}");
        }
        ModelHeap heap = ModelHeap.supporting(ways[0], Arrays.copyOfRange(ways, 1, ways.length));
        return model.oldArm64() ? heap.withOldArm64() : heap;
    }

    private static long seed(long wanted) {
        Long forced = Long.getLong(SEED_PROPERTY);
        if (forced != null) {
            return forced;
        }
        return wanted != 0 ? wanted : ThreadLocalRandom.current().nextLong();
    }

    private static String report(ModelHeap heap) {
        List<Violation> violations = heap.violations();
        StringBuilder report = new StringBuilder()
                .append("violations of coherency: ")
                .append(violations.size())
                .append("; to see them again, run with -D")
                .append(SEED_PROPERTY)
                .append('=')
                .append(heap.seed());
        violations.forEach(violation -> report.append('\n').append(violation));
        heap.openLoans()
                .forEach(loan ->
                        report.append("\nstill lent at the end of the test: ").append(loan));
        return report.toString();
    }
}
