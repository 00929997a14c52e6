// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.ParameterException;

/** README and docs: links lead somewhere, and commands are those that there are. */
class DocumentsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sh\n(.*?)^ *```$");
    private static final Pattern CALL =
            Pattern.compile("java (?:-\\S+ )*-jar (?:\\S*/)?dmabuf-pool\\.jar ([^#|>&\n]+)");

    static Stream<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
            }
        }
        return documents.stream();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyLinkLeadsSomewhere(Path document) throws IOException {
        Matcher links = LINK.matcher(Files.readString(document));
        while (links.find()) {
            String link = links.group(1);
            if (!link.matches("(https?|mailto):.*")) {
                assertThat(brokenAt(document, link)).as(document + ": " + link).isEmpty();
            }
        }
    }

    private static String brokenAt(Path document, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
        if (!Files.exists(target)) {
            return "there is no " + target;
        }
        return parts.length == 1 || anchors(target).contains(parts[1])
                ? ""
                : target + " has no heading #" + parts[1] + ", but " + anchors(target);
    }

    /** As GitHub makes them of headings. */
    private static Set<String> anchors(Path document) throws IOException {
        return HEADING.matcher(Files.readString(document))
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", ""))
                .map(heading -> heading.replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyCommandIsOneThatThereIs(Path document) throws IOException {
        for (String call : calls(document)) {
            assertThat(wrong(call)).as(document + ": " + call).isEmpty();
        }
    }

    private static List<String> calls(Path document) throws IOException {
        return BLOCK.matcher(Files.readString(document))
                .results()
                .flatMap(block ->
                        CALL.matcher(block.group(1).replace("\\\n", " ")).results())
                .map(call -> call.group(1).strip())
                .toList();
    }

    private static String wrong(String call) {
        try {
            Commands.line().parseArgs(call.replace("'", "").split("\\s+"));
            return "";
        } catch (ParameterException failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    @Test
    void thereAreCommandsAndLinksToCheck() throws IOException {
        assertThat(calls(ROOT.resolve("README.md"))).hasSizeGreaterThan(5);
        assertThat(documents()).hasSizeGreaterThan(10);
        assertThat(wrong("replay --capcity 1M t.trace")).contains("capcity");
        assertThat(brokenAt(ROOT.resolve("README.md"), "docs/none.md")).contains("there is no");
        assertThat(brokenAt(ROOT.resolve("README.md"), "docs/metrics.md#none")).contains("has no heading");
    }
}
