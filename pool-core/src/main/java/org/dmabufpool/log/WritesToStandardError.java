// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.log;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Lets the build accept the one method that prints, where there is no logger to print for it. */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface WritesToStandardError {}
