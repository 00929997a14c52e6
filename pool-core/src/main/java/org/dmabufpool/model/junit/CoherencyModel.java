// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.dmabufpool.heap.SyncWay;

/**
 * What the {@link CoherencyExtension}'s heap is like, on a test method or on a class for all its tests. Without it: every
 * way to sync but none at all, a current arm64 kernel, and a new seed for every test.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface CoherencyModel {

    /** The ways to sync that the heap supports. */
    SyncWay[] ways() default {SyncWay.PARTIAL, SyncWay.WINDOW, SyncWay.WHOLE};

    /** Whether END READ invalidates, as on arm64 kernels before 5.10.125 and 5.15.50. */
    boolean oldArm64() default false;

    /**
     * What evictions and refetches are drawn from; 0 draws a new seed for every test, and the system property
     * {@value CoherencyExtension#SEED_PROPERTY} overrides either. A test that fails names its seed.
     */
    long seed() default 0;
}
