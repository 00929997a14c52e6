// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.dmabufpool", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule ONLY_THIS_PACKAGE_TOUCHES_NATIVE_CODE = noClasses()
            .that()
            .resideOutsideOfPackage("org.dmabufpool.linux..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule NATIVE_CODE_IS_BEHIND_TWO_CLASSES = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Libc.class.getName())
            .and()
            .haveNameNotMatching(".*Libc\\$C")
            .and()
            .doNotHaveFullyQualifiedName(Scratch.class.getName())
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule NATIVE_CODE_KNOWS_THE_HEAP_INTERFACES_ONLY = classes()
            .that()
            .resideInAPackage("org.dmabufpool.linux..")
            .and()
            .doNotHaveFullyQualifiedName(V4l2Camera.class.getName()) // It lends slices of a pool to the camera.
            .and()
            .doNotHaveFullyQualifiedName(DmaBufSocket.class.getName()) // It passes lent slices on.
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "com.sun.jna..", "org.jspecify..", "org.dmabufpool.heap..", "org.dmabufpool.linux..");

    @ArchTest
    static final ArchRule INTERNALS_ARE_FINAL = classes()
            .that()
            .resideInAPackage("org.dmabufpool.linux..")
            .and()
            .areNotInterfaces()
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
