// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class MapPictureTest {

    @Test
    void everyColourOfTheLegendIsInThePixels() throws IOException {
        PoolMapFile map = Dumps.read(Dumps.camera());
        BufferedImage image = MapPicture.png(map);
        long pixels = 0;
        TagLegend legend = TagLegend.of(map);
        for (TagRow row : legend.rows()) {
            // Beside the swatch what the map has for it, but for letters, frames, and what is mixed at edges.
            long found = count(image, row.fill().light());
            double share = (double) row.bytes() / map.capacityBytes();
            assertThat(found - 196.0).as(row.name()).isBetween(0.5 * share * area(map), 1.01 * share * area(map));
            pixels += found;
        }
        assertThat(pixels).isPositive();
        assertThat(count(image, Fill.QUARANTINED.stripes())).isPositive();
        assertThat(count(image, Fill.HOLE.light()))
                .isGreaterThan((long) (0.8 * area(map) * map.freeBytes() / map.capacityBytes()));
    }

    /** Pixels of the rows of a map of 192 MiB: 24 rows of 1064 by 25. */
    private static double area(PoolMapFile map) {
        return 24.0 * 1064 * 25 * map.capacityBytes() / (192 << 20);
    }

    private static long count(BufferedImage image, int colour) {
        long found = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                found += (image.getRGB(x, y) & 0xFFFFFF) == colour ? 1 : 0;
            }
        }
        return found;
    }

    @Test
    void theDrawingIsXmlAndSaysWhatEachRectangleIs() throws Exception {
        String svg = MapPicture.svg(Dumps.read(Dumps.camera()));
        Document document = parse(svg);
        assertThat(texts(document, "title"))
                .contains(
                        "'raw frame', 14.3 MiB at ",
                        " bytes asked for, ",
                        " s old, writing",
                        "quarantined, 17.2 MiB at ");
        assertThat(texts(document, "text"))
                .contains("Pool 'camera': 151.9 MiB of 192 MiB in use, 79.1 %", "preview  3.0 MiB", "quarantined: not");
        assertThat(svg)
                .contains(
                        "prefers-color-scheme: dark",
                        "class=\"frame dashed\"",
                        "class=\"frame\"",
                        "id=\"quarantined\"");
    }

    @Test
    void whatIsRetiringOrLentIsDrawnAndSaid() throws Exception {
        PoolMapFile map = Dumps.read(Dumps.lent());
        String svg = MapPicture.svg(map);
        Document document = parse(svg);
        assertThat(texts(document, "title"))
                .contains(
                        "'b', 8 KiB at 0, 8000 bytes asked for, < 1 s old, reading, 2 owners, 'encoder' reads it for 2 s",
                        "retiring, waits for loans: 'raw', 4 KiB at 12288, 4090 bytes asked for, 95 s old,"
                                + " 'camera ??[2J' writes it for < 1 s, 'gpu' reads and writes it for < 1 s",
                        "retiring, waits for fences: '', 4 KiB at 16384");
        assertThat(texts(document, "text"))
                .contains(
                        "retiring: no owner, still in use",
                        "8 KiB in 2",
                        "lent to devices",
                        "12 KiB in 2",
                        "'encoder' reads 8 KiB in 1");
        assertThat(svg).contains("id=\"retiring\"", "class=\"lent\"");
        assertThat(count(MapPicture.png(map), Fill.RETIRING.stripes())).isPositive();
        assertThat(count(MapPicture.png(map), Fill.LENT.light())).isGreaterThan(1000);
        assertThat(MapPicture.svg(Dumps.read(Dumps.small()))).doesNotContain(" writes 4 KiB");
    }

    @Test
    void manyBorrowersShareALine() throws IOException {
        StringBuilder loans = new StringBuilder("\"loans\": [");
        for (int i = 0; i < 11; i++) {
            loans.append(i == 0 ? "" : ",")
                    .append("{\"borrower\": \"b" + i + "\", \"direction\": \"READ\", \"ageMillis\": 0}");
        }
        String dump =
                Dumps.lent().replaceFirst("\"loans\": \\[\\]", loans.append(']').toString());
        assertThat(LentTo.lines(Dumps.read(dump))).hasSize(9).last().isEqualTo("and 6 more borrowers");
    }

    @Test
    void noTagBreaksTheDrawing() throws Exception {
        String tag = "</text><script>&\\\"'\\u0000\\u001b[2J\\ud83d \\ufffe 写真📷";
        String dump = Dumps.small()
                .replace("\"tag\": \"b\"", "\"tag\": \"" + tag + "\"")
                .replace("\"p\"", "\"" + tag + "\"");
        Document document = parse(MapPicture.svg(Dumps.read(dump)));
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(texts(document, "text")).contains("</text><script>&\"'??[2J? ? 写真📷");
        assertThat(MapPicture.png(Dumps.read(dump)).getWidth()).isGreaterThan(1000);
    }

    @Test
    void manySlicesStillMakeASmallDrawing() throws Exception {
        String svg = MapPicture.svg(Dumps.many(50_000, 3));
        assertThat(parse(svg).getElementsByTagName("rect").getLength()).isLessThan(100);
        assertThat(svg.length()).isLessThan(50_000 * 2 * 40);
    }

    private static String texts(Document document, String element) {
        StringBuilder all = new StringBuilder();
        NodeList found = document.getElementsByTagName(element);
        for (int i = 0; i < found.getLength(); i++) {
            all.append(found.item(i).getTextContent()).append('\n');
        }
        return all.toString();
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}
