// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.scene;

/** Red, green and blue light. One instance serves a whole row: it is changed in place. */
final class Light {

    float red;
    float green;
    float blue;

    Light() {}

    Light(float red, float green, float blue) {
        set(red, green, blue);
    }

    void set(float newRed, float newGreen, float newBlue) {
        red = newRed;
        green = newGreen;
        blue = newBlue;
    }

    void set(Light other) {
        set(other.red, other.green, other.blue);
    }

    void scale(float factor) {
        set(red * factor, green * factor, blue * factor);
    }

    void add(Light other, float amount) {
        set(red + other.red * amount, green + other.green * amount, blue + other.blue * amount);
    }

    /** Goes {@code share} (0 to 1) of the way to another light. */
    void mix(Light other, float share) {
        red += (other.red - red) * share;
        green += (other.green - green) * share;
        blue += (other.blue - blue) * share;
    }
}
