// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.RenderingHints;
import java.awt.TexturePaint;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/** Pixels, on light paper. */
final class PngCanvas implements MapCanvas {

    private static final Color PAPER = Color.WHITE;
    private static final Color INK = new Color(0x1F2328);
    private static final Color GREY = new Color(0x59636E);
    private static final Color PALE = new Color(0x6E7781);
    private static final float FRAME = 2.2f;
    private static final BasicStroke SOLID = new BasicStroke(FRAME, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER);
    private static final BasicStroke DASHED =
            new BasicStroke(FRAME, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {4, 3}, 0);
    private static final int TILE = 8;

    private final BufferedImage image;
    private final Graphics2D pen;

    PngCanvas(int width, int height) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        pen = image.createGraphics();
        smooth(pen);
        pen.setColor(PAPER);
        pen.fillRect(0, 0, width, height);
    }

    private static void smooth(Graphics2D pen) {
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        pen.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    }

    BufferedImage image() {
        pen.dispose();
        return image;
    }

    @Override
    public void fill(Fill fill, double x, double y, double width, double height, String hint) {
        pen.setPaint(fill.striped() ? stripes(fill) : new Color(fill.light()));
        pen.fill(new Rectangle2D.Double(x, y, width, height));
    }

    private static Paint stripes(Fill fill) {
        BufferedImage tile = new BufferedImage(TILE, TILE, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = tile.createGraphics();
        smooth(pen);
        pen.setColor(new Color(fill.light()));
        pen.fillRect(0, 0, TILE, TILE);
        pen.setColor(new Color(fill.stripes()));
        pen.setStroke(new BasicStroke(1.8f));
        for (int shift = -TILE; shift <= TILE; shift += TILE) {
            pen.draw(new Line2D.Double(shift - 1, TILE + 1, shift + TILE + 1, -1));
        }
        pen.dispose();
        return new TexturePaint(tile, new Rectangle2D.Double(0, 0, TILE, TILE));
    }

    @Override
    public void frame(boolean dashed, double x, double y, double width, double height) {
        pen.setColor(INK);
        pen.setStroke(dashed ? DASHED : SOLID);
        pen.draw(new Rectangle2D.Double(x + 1, y + 1, Math.max(0, width - 2), height - 2));
    }

    @Override
    public void tick(double x, double y, double height) {
        pen.setColor(GREY);
        pen.setStroke(new BasicStroke(1));
        pen.draw(new Line2D.Double(x, y, x, y + height));
    }

    @Override
    public void text(TextKind kind, Anchor anchor, double x, double y, String text) {
        pen.setFont(font(kind));
        pen.setColor(
                switch (kind) {
                    case HEAD, PLAIN, LABEL -> INK;
                    case SMALL -> GREY;
                    case PALE -> PALE;
                });
        double width = pen.getFontMetrics().getStringBounds(text, pen).getWidth();
        double from = switch (anchor) {
            case START -> x;
            case MIDDLE -> x - width / 2;
            case END -> x - width;
        };
        pen.drawString(text, (float) from, (float) y);
    }

    private static Font font(TextKind kind) {
        return switch (kind) {
            case HEAD -> new Font(Font.SANS_SERIF, Font.BOLD, 18);
            case PLAIN -> new Font(Font.SANS_SERIF, Font.PLAIN, 13);
            case SMALL, LABEL, PALE -> new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        };
    }
}
