// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The layers of docs/architecture.md, enforced by the build. */
class ArchitectureTest {

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
            .importPackages("org.dmabufpool");

    @Test
    void arrowsPointDownwards() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("pool")
                .definedBy("org.dmabufpool")
                .layer("sync")
                .definedBy("org.dmabufpool.sync")
                .layer("alloc")
                .definedBy("org.dmabufpool.alloc")
                .layer("model")
                .definedBy("org.dmabufpool.model..")
                .layer("heap")
                .definedBy("org.dmabufpool.heap")
                .layer("metrics")
                .definedBy("org.dmabufpool.metrics")
                .layer("log")
                .definedBy("org.dmabufpool.log")
                .whereLayer("metrics")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("pool")
                .mayOnlyBeAccessedByLayers("metrics")
                .whereLayer("sync")
                .mayOnlyBeAccessedByLayers("pool", "metrics")
                .whereLayer("alloc")
                .mayOnlyBeAccessedByLayers("pool")
                .whereLayer("log")
                .mayOnlyBeAccessedByLayers("pool", "sync")
                .whereLayer("model")
                .mayNotBeAccessedByAnyLayer()
                .check(CORE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("org.dmabufpool.(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void allocatorAndHeapKnowTheJdkOnly() {
        knowsOnly("org.dmabufpool.alloc", "java..", "org.jspecify..", "org.dmabufpool.alloc")
                .check(CORE);
        knowsOnly("org.dmabufpool.heap", "java..", "org.jspecify..", "org.dmabufpool.heap")
                .check(CORE);
        knowsOnly("org.dmabufpool.log", "java..", "org.jspecify..", "org.dmabufpool.log")
                .check(CORE);
    }

    @Test
    void theModelKnowsHeapsAndItsJunitPartJunit() {
        knowsOnly("org.dmabufpool.model", "java..", "org.jspecify..", "org.dmabufpool.heap", "org.dmabufpool.model")
                .check(CORE);
        noClasses()
                .that()
                .resideOutsideOfPackage("org.dmabufpool.model.junit")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.junit..")
                .check(CORE);
    }

    @Test
    void metricsKnowTheFrontDoor() {
        knowsOnly(
                        "org.dmabufpool.metrics",
                        "java..",
                        "org.jspecify..",
                        "io.micrometer..",
                        "jdk.jfr..",
                        "org.dmabufpool",
                        "org.dmabufpool.metrics",
                        "org.dmabufpool.heap",
                        "org.dmabufpool.sync")
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage("org.dmabufpool.metrics")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are no figures of PoolStatistics",
                        target -> JavaClass.Predicates.resideInAnyPackage("org.dmabufpool.heap", "org.dmabufpool.sync")
                                        .test(target)
                                && !target.getSimpleName().equals("SyncPhase")
                                && !target.getSimpleName().equals("Direction")
                                && !target.getName().startsWith("org.dmabufpool.sync.SyncStatistics")))
                .check(CORE);
    }

    @Test
    void nothingLoadsMetricsAndOnlyTheyKnowMicrometerAndTheFlightRecorder() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.dmabufpool.metrics")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.dmabufpool.metrics", "jdk.jfr..", "io.micrometer..")
                .check(CORE);
    }

    @Test
    void theAllocatorKnowsNumbersAndNoMemory() {
        noClasses()
                .that()
                .resideInAPackage("org.dmabufpool.alloc")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio..", "java.io..", "java.time..")
                .check(CORE);
    }

    @Test
    void whatIsNotPublicCannotBeExtended() {
        classes()
                .that()
                .areNotPublic()
                .and()
                .areNotInterfaces()
                .and()
                .areTopLevelClasses()
                .should()
                .haveModifier(JavaModifier.FINAL)
                .orShould()
                .haveModifier(JavaModifier.ABSTRACT)
                .check(CORE);
    }

    @Test
    void theRulesSeeTheHouse() {
        assertThat(CORE).hasSizeGreaterThan(30);
        ArchRule broken = knowsOnly("org.dmabufpool", "java..");
        assertThat(broken.evaluate(CORE).hasViolation())
                .as("a rule that is broken is seen")
                .isTrue();
    }

    private static ArchRule knowsOnly(String room, String... allowed) {
        return classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "reside in the rooms allowed to " + room,
                        target -> target.isPrimitive()
                                || target.isArray()
                                        && target.getBaseComponentType().isPrimitive()
                                || JavaClass.Predicates.resideInAnyPackage(allowed)
                                        .test(target.isArray() ? target.getBaseComponentType() : target)));
    }
}
