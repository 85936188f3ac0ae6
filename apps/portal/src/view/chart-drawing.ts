/**
 * Bars and marks on the canvas of a chart.
 *
 * As measured: filled. Not as measured: an outline with hatching. Of a part of the time: filled pale with a broken outline.
 * Missing: nothing but a dash on a hatched ground. Not here yet: dots on the zero line. Changed: a thick outline and a wedge.
 */

import type uPlot from "uplot";

import type { Bars, Mark } from "../core/bars.ts";

export interface Palette {
  readonly up: string;
  readonly down: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly soft: string;
  readonly card: string;
  readonly font: string;
}

/** Colours of the style sheet, as they are now. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    up: of("--accent"),
    down: of("--export"),
    text: of("--text"),
    muted: of("--muted"),
    line: of("--line"),
    soft: of("--accent-soft"),
    card: of("--card"),
    font: `12px ${style.fontFamily}`,
  };
}

export function drawSelection(plot: uPlot, count: number, selected: number | undefined, palette: Palette): void {
  if (selected === undefined || selected >= count) return;
  const { ctx, bbox } = plot;
  const [left, right] = [xOf(plot, selected), xOf(plot, selected + 1)];
  ctx.save();
  ctx.fillStyle = palette.soft;
  ctx.fillRect(left, bbox.top, right - left, bbox.height);
  ctx.restore();
}

export function drawBars(plot: uPlot, bars: Bars, count: number, palette: Palette): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - 6 * devicePixelRatio, bbox.width, bbox.height + 12 * devicePixelRatio);
  ctx.clip();
  const lanes = [
    { values: bars.up, marks: bars.upMarks, colour: palette.up },
    { values: bars.down, marks: bars.downMarks, colour: palette.down },
  ];
  drawGaps(plot, bars, count, palette);
  for (const { values, marks, colour } of lanes) {
    for (let index = 0; index < count; index++) {
      const value = values[index];
      if (value !== null && value !== undefined)
        drawBar(plot, boxOf(plot, index, value), marks[index] ?? "none", colour, palette);
    }
  }
  ctx.strokeStyle = palette.muted;
  ctx.lineWidth = devicePixelRatio;
  const zero = Math.round(yOf(plot, 0)) + 0.5;
  stroke(ctx, [bbox.left, zero], [bbox.left + bbox.width, zero]);
  ctx.restore();
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly isUp: boolean;
}

function drawBar(plot: uPlot, box: Box, mark: Mark, colour: string, palette: Palette): void {
  const { ctx } = plot;
  const { left, top, width, height, isUp } = box;
  const line = Math.max(1, devicePixelRatio);
  ctx.fillStyle = colour;
  ctx.strokeStyle = colour;
  ctx.lineWidth = line;
  if (mark === "doubt" || mark === "part") {
    ctx.globalAlpha = 0.25;
    ctx.fillRect(left, top, width, height);
    ctx.globalAlpha = 1;
    if (mark === "doubt") hatch(ctx, box, 5 * line);
    ctx.setLineDash(mark === "part" ? [4 * line, 3 * line] : []);
    ctx.strokeRect(left + line / 2, top + line / 2, Math.max(0, width - line), Math.max(0, height - line));
    ctx.setLineDash([]);
    return;
  }
  ctx.fillRect(left, top, width, height);
  if (mark !== "changed") return;
  ctx.strokeStyle = palette.text;
  ctx.lineWidth = 2 * line;
  ctx.strokeRect(left, top, width, height);
  const [middle, tip] = [left + width / 2, isUp ? top - 3 * line : top + height + 3 * line];
  const rise = (isUp ? -6 : 6) * line;
  ctx.fillStyle = palette.text;
  ctx.beginPath();
  ctx.moveTo(middle, tip);
  ctx.lineTo(middle - 4.5 * line, tip + rise);
  ctx.lineTo(middle + 4.5 * line, tip + rise);
  ctx.fill();
}

/** Slots of which every lane lacks its value, as one ground per run. */
function drawGaps(plot: uPlot, bars: Bars, count: number, palette: Palette): void {
  const { ctx, bbox } = plot;
  const isGap = (index: number): boolean => isAll(bars, index, "gap");
  const zero = yOf(plot, 0);
  for (let index = 0; index < count; index++) {
    if (isAll(bars, index, "waiting")) {
      ctx.fillStyle = palette.muted;
      const [middle, size] = [(xOf(plot, index) + xOf(plot, index + 1)) / 2, 1.5 * devicePixelRatio];
      ctx.fillRect(middle - size, zero - 4 * devicePixelRatio - size, 2 * size, 2 * size);
    }
    if (!isGap(index) || isGap(index - 1)) continue;
    let end = index + 1;
    while (end < count && isGap(end)) end++;
    const [left, right] = [xOf(plot, index), xOf(plot, end)];
    ctx.strokeStyle = palette.line;
    ctx.lineWidth = devicePixelRatio;
    hatch(ctx, { left, top: bbox.top, width: right - left, height: bbox.height, isUp: true }, 7 * devicePixelRatio);
    drawDash(plot, (left + right) / 2, palette);
  }
}

/** The dash that stands for "no value" everywhere on the page. */
function drawDash(plot: uPlot, middle: number, palette: Palette): void {
  const { ctx, bbox } = plot;
  const [half, y] = [5 * devicePixelRatio, bbox.top + bbox.height / 2];
  ctx.fillStyle = palette.card;
  ctx.fillRect(middle - half * 1.8, y - half * 1.4, half * 3.6, half * 2.8);
  ctx.strokeStyle = palette.text;
  ctx.lineWidth = 2 * devicePixelRatio;
  stroke(ctx, [middle - half, y], [middle + half, y]);
}

function isAll(bars: Bars, index: number, mark: Mark): boolean {
  const marks = [bars.upMarks[index], bars.downMarks[index]].filter((one) => one !== undefined);
  return marks.length > 0 && marks.every((one) => one === mark);
}

function boxOf(plot: uPlot, index: number, value: number): Box {
  const [from, to, zero, end] = [xOf(plot, index), xOf(plot, index + 1), yOf(plot, 0), yOf(plot, value)];
  const slot = to - from;
  const width = Math.min(Math.max(1, slot - Math.max(0.5 * devicePixelRatio, slot * 0.22)), 64 * devicePixelRatio);
  const left = from + (slot - width) / 2;
  return { left, top: Math.min(zero, end), width, height: Math.abs(end - zero), isUp: value >= 0 };
}

function hatch(ctx: CanvasRenderingContext2D, { left, top, width, height }: Box, gap: number): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += gap) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

function stroke(ctx: CanvasRenderingContext2D, from: readonly [number, number], to: readonly [number, number]): void {
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

function xOf(plot: uPlot, value: number): number {
  return plot.valToPos(value, "x", true);
}

function yOf(plot: uPlot, value: number): number {
  return plot.valToPos(value, "y", true);
}
