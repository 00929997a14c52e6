// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.coherency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRequest;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.model.junit.CoherencyExtension;
import org.dmabufpool.model.junit.CoherencyModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What the extension says to app tests that are right and to some that are wrong. */
class CoherencyExtensionTest {

    @Test
    void aSoundTestPasses() {
        assertThat(run(CameraAppTest.class))
                .extracting(TestExecutionResult::getStatus)
                .containsExactly(Status.SUCCESSFUL);
    }

    @Test
    void aMissingSyncFailsTheTestAndIsDescribed() {
        Throwable failure = failure(EncodesTooEarly.class);
        assertThat(failure)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Ddmabufpool.model.seed=42")
                .hasMessageContaining("DEVICE_READ_STALE at ")
                .hasMessageContaining("device 'encoder' reading 16000 bytes")
                .hasMessageContaining("slice 'jpeg'")
                .hasMessageContaining("allocated at org.dmabufpool.coherency.CoherencyExtensionTest$EncodesTooEarly")
                .hasMessageContaining("WRITE of")
                .hasMessageContaining("still open")
                .hasMessageContaining("remedy: close the writing access before the device starts");
    }

    @Test
    void theListJoinsAFailureOfTheTestsOwn() {
        Throwable failure = failure(FailsItself.class);
        assertThat(failure).hasMessage("the app's own").hasNoCause();
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0])
                .hasMessageContaining("violations of coherency: 0")
                .hasMessageContaining("dmabufpool.model.seed=");
    }

    @Test
    void oneHeapServesTheWholeTestAndSettingsComeFromTheNearestAnnotation() {
        assertThat(run(SharesOneHeap.class))
                .extracting(TestExecutionResult::getStatus)
                .containsExactly(Status.SUCCESSFUL, Status.SUCCESSFUL);
    }

    @Test
    void testsWithoutAHeapAreLeftAlone() {
        assertThat(run(UsesNoHeap.class))
                .extracting(TestExecutionResult::getStatus)
                .containsExactly(Status.SUCCESSFUL);
    }

    private static Throwable failure(Class<?> test) {
        List<TestExecutionResult> results = run(test);
        assertThat(results).extracting(TestExecutionResult::getStatus).containsExactly(Status.FAILED);
        return results.get(0).getThrowable().orElseThrow();
    }

    private static List<TestExecutionResult> run(Class<?> test) {
        List<TestExecutionResult> results = new ArrayList<>();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(test))
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
                if (identifier.isTest()) {
                    results.add(result);
                }
            }
        });
        return results;
    }

    /** The encoder starts before the writing access is closed. */
    @ExtendWith(CoherencyExtension.class)
    static class EncodesTooEarly {

        @Test
        @CoherencyModel(seed = 42, ways = SyncWay.PARTIAL)
        void test(ModelHeap heap) {
            try (DmaBufPool pool =
                            DmaBufPool.builder().heap(heap).capacity(1 << 20).build();
                    Slice jpeg = pool.allocate(SliceRequest.of(16_000).tag("jpeg"));
                    CpuAccess out = jpeg.write()) {
                CameraAppTest.develop(ByteBuffer.allocate(64_000), out.buffer());
                heap.device("encoder").read(jpeg.offset(), ByteBuffer.allocate(16_000));
            }
        }
    }

    /** Fails for a reason of its own. */
    @ExtendWith(CoherencyExtension.class)
    static class FailsItself {

        @Test
        void test(ModelHeap heap) {
            heap.allocate(1).close();
            throw new IllegalStateException("the app's own");
        }
    }

    /** The heap of {@code @BeforeEach} is the test's. */
    @ExtendWith(CoherencyExtension.class)
    @CoherencyModel(seed = 5, ways = SyncWay.WINDOW)
    static class SharesOneHeap {

        private ModelHeap first;

        @BeforeEach
        void before(ModelHeap heap) {
            first = heap;
        }

        @Test
        void ofTheClass(ModelHeap heap) {
            assertThat(heap).isSameAs(first);
            assertThat(heap.seed()).isEqualTo(5);
            assertThat(heap.allocate(1).support(SyncWay.PARTIAL).supported()).isFalse();
        }

        @Test
        @CoherencyModel(seed = 6, oldArm64 = true)
        void ofTheMethod(ModelHeap heap) {
            assertThat(heap.seed()).isEqualTo(6);
            assertThat(heap.allocate(1).support(SyncWay.PARTIAL).supported()).isTrue();
        }

        @AfterEach
        void after(ModelHeap heap) {
            assertThat(heap).isSameAs(first);
        }
    }

    /** Asks for nothing. */
    @ExtendWith(CoherencyExtension.class)
    static class UsesNoHeap {

        @Test
        void test() {
            assertThat(this).isNotNull();
        }
    }
}
