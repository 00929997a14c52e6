// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.dmabufpool.alloc.AllocatorLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementPlanTest {

    private static final long PAGE = PlacementPlan.PAGE;

    private static PlacementPlan read(String text) {
        try {
            return PlacementPlan.read("x.plan", new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Classes whose sizes do not overlap, with any tags. */
    @Provide
    Arbitrary<List<PlacementPlan.Requests>> classes() {
        Arbitrary<List<String>> tags = Arbitraries.strings()
                .ofMaxLength(8)
                .filter(tag -> tag.codePoints().noneMatch(letter -> Character.getType(letter) == Character.SURROGATE))
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .uniqueElements();
        Arbitrary<List<Long>> places = Arbitraries.longs()
                .between(0, 1L << 30)
                .map(page -> page * PAGE)
                .list()
                .ofMaxSize(5)
                .uniqueElements();
        Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 99);
        return Combinators.combine(tags, sizes, places)
                .as((tag, size, place) -> new PlacementPlan.Requests(tag, size, size, place))
                .list()
                .ofMaxSize(6)
                .map(PlacementPlanTest::apart);
    }

    private static List<PlacementPlan.Requests> apart(List<PlacementPlan.Requests> classes) {
        List<PlacementPlan.Requests> apart = new ArrayList<>();
        for (PlacementPlan.Requests one : classes) {
            long base = 100L * apart.size();
            apart.add(new PlacementPlan.Requests(one.tags(), base + 1, base + one.mostBytes(), one.places()));
        }
        return apart;
    }

    @Property(tries = 120)
    void whatIsWrittenIsReadAgain(@ForAll("classes") List<PlacementPlan.Requests> classes) {
        PlacementPlan plan = PlacementPlan.of(classes);
        PlacementPlan again = read(plan.text());
        assertThat(again.classes()).isEqualTo(plan.classes());
        assertThat(again.text()).isEqualTo(plan.text());
        assertThat(again.height()).isEqualTo(plan.height());
        for (int number = 1; number <= classes.size(); number++) {
            PlacementPlan.Requests one = classes.get(number - 1);
            for (String tag : one.tags()) {
                assertThat(again.classOf(tag, one.leastBytes())).isEqualTo(number);
                assertThat(again.classOf(tag, one.mostBytes())).isEqualTo(number);
                assertThat(again.classOf(tag, one.mostBytes() + 1)).isNotEqualTo(number);
            }
        }
    }

    @Property(tries = 200)
    void whateverIsReadIsAPlanOrRefusedWithItsLine(
            @ForAll("classes") List<PlacementPlan.Requests> classes, @ForAll Random random) {
        StringBuilder text = new StringBuilder(PlacementPlan.of(classes).text());
        String letters = "ctp,0123456789-#% \n\u0000\u00ff";
        for (int i = 0; i <= random.nextInt(4); i++) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, letters.charAt(random.nextInt(letters.length())));
                default -> text.setCharAt(at, letters.charAt(random.nextInt(letters.length())));
            }
            if (text.length() == 0) {
                break;
            }
        }
        try {
            PlacementPlan plan = read(text.toString());
            assertThat(read(plan.text()).classes()).isEqualTo(plan.classes());
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching("(?s)x\\.plan, (up to )?line \\d+: .+");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                       | line 1: the file ends without the line plan,1
            plan,2                                   | line 1: a plan begins with plan,1: 'plan,2'
            plan,1;t,raw                             | line 2: a tag or a place stands behind the line c of its class: 't,raw'
            plan,1;c,1                               | line 2: a class has 2 sizes, not 1
            plan,1;c,5,4;t,a                         | up to line 4: the sizes of a class are 1 to 1125899906842624 bytes, the least first: 5 to 4
            plan,1;c,1,4;p,0                         | up to line 4: a class has a tag at least, if only the empty one
            plan,1;c,1,4;t,a;p,100                   | up to line 5: a place is a multiple of 4096 from 0 to 1125899906842624: 100
            plan,1;c,1,4;t,a;p,0;p,0                 | up to line 6: a class has each of its places once: 0
            plan,1;c,1,4;t,a;c,4,9;t,a               | up to line 6: requests of tag 'a' of 4 bytes are of two classes
            plan,1;c,1,4;t,a;t,a                     | up to line 5: requests of tag 'a' of 1 bytes are of two classes
            plan,1;c,1,x                             | line 2: the size 'x' is no whole number
            plan,1;c,1,4;t,a%4                       | line 3: in a tag % stands ahead of two hexadecimal digits
            plan,1;c,1,4;t,%FF                       | line 3: the bytes of the tag are no UTF-8
            plan,1;c,1,4;t,a,b                       | line 3: a tag or a place has 1 field, not 2
            plan,1;x                                 | line 2: a line is c,<least bytes>,<most bytes>
            """)
    void whatIsNoPlanIsRefused(String text, String message) {
        assertThatThrownBy(() -> read(text.replace(';', '\n')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("x.plan, " + message);
    }

    @Test
    void commentsAndEmptyLinesAreSkipped() {
        PlacementPlan plan = read("# made by hand\n\n plan,1 # version\nc,1,4096\nt, %C3%A4 %20\np,8192 # above\r\n");
        assertThat(plan.classes())
                .containsExactly(new PlacementPlan.Requests(List.of(" \u00e4  "), 1, 4096, List.of(8192L)));
        assertThat(plan.height()).isEqualTo(12288);
    }

    @Test
    void thereAreLimits() {
        String place = "plan,1\nc,1,9\nt,a\n" + "p,0\n".repeat(PlacementPlan.MOST_PLACES + 1);
        assertThatThrownBy(() -> read(place)).hasMessageContaining("a plan has at most 65536 places");
        StringBuilder many = new StringBuilder("plan,1\n");
        for (int i = 1; i <= PlacementPlan.MOST_CLASSES + 1; i++) {
            many.append("c,").append(i).append(',').append(i).append("\nt,\n");
        }
        assertThatThrownBy(() -> read(many.toString())).hasMessageContaining("at most 4096 classes");
        assertThatThrownBy(() -> read("x".repeat(70_000))).hasMessageContaining("a line has at most 65536 bytes");
        assertThatThrownBy(() -> PlacementPlan.of(Collections.nCopies(
                        PlacementPlan.MOST_CLASSES + 1, new PlacementPlan.Requests(List.of(""), 1, 1, List.of()))))
                .hasMessageContaining("at most 4096 classes, not 4097");
    }

    @Test
    void aFileIsWrittenAndRead(@TempDir Path folder) throws IOException {
        PlacementPlan plan = PlacementPlan.of(
                List.of(new PlacementPlan.Requests(List.of("raw", ""), 4096, 9000, List.of(3 * PAGE, 0L))));
        plan.write(folder.resolve("a.plan"));
        assertThat(PlacementPlan.read(folder.resolve("a.plan")).classes()).isEqualTo(plan.classes());
        assertThat(plan.height()).isEqualTo(6 * PAGE);
        assertThat(new LinkedHashSet<>(plan.classes().get(0).tags())).contains("raw", "");
    }

    @Test
    void aPageThatIsLargerThanThePlansIsRefused() {
        PlacementPlan plan =
                PlacementPlan.of(List.of(new PlacementPlan.Requests(List.of(""), 1, PAGE, List.of(0L, PAGE))));
        AllocatorLayout layout = AllocatorLayout.of(1 << 20, 128, 16384);
        assertThatThrownBy(() -> layout.create(plan.places()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the place 4096 of the plan is no multiple of 16384")
                .hasMessageContaining("plan --page 16384");
        assertThatThrownBy(() -> layout.createShared(plan.places())).isInstanceOf(IllegalArgumentException.class);
    }
}
