/**
 * The load profile as bars: from the grid upwards, into the grid downwards, both from zero.
 *
 * uPlot keeps scales, axes and sizes; the bars and their marks are drawn here (./chart-drawing), since a gap, a doubtful
 * value and a changed one must look different without colour. For the keyboard and for screen readers the chart is a slider
 * over its slots, whose value is the slot in words.
 */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

import type { Bars } from "../core/bars.ts";
import { drawBars, drawSelection, type Palette, paletteOf } from "./chart-drawing.ts";

export interface ChartProps {
  readonly bars: Bars;
  /** Slots on the axis. */
  readonly count: number;
  readonly label: string;
  readonly selected: number | undefined;
  /** The selected slot in words. */
  readonly valueText: string;
  readonly formatTick: (value: number) => string;
  readonly onSelect: (index: number | undefined) => void;
  /** The keyboard went beyond the first or last slot. */
  readonly onBeyond: (direction: "previous" | "next") => void;
  readonly onActivate: ((index: number) => void) | undefined;
}

export function Chart(props: ChartProps): JSX.Element {
  const { bars, count, selected, label, valueText, onSelect, onBeyond, onActivate } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = host.current!; // rendered below, before any effect runs
    let palette = paletteOf(element);
    const made = newPlot(
      element,
      () => latest.current,
      () => palette,
    );
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize(sizeOf(element)));
    resize.observe(element);
    const recolour = (): void => {
      palette = paletteOf(element);
      made.redraw(false, true);
    };
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", recolour);
    addEventListener("siegel-theme", recolour);
    return () => {
      resize.disconnect();
      scheme.removeEventListener("change", recolour);
      removeEventListener("siegel-theme", recolour);
      made.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(bars, count)), [bars, count]);
  useEffect(() => plot.current?.redraw(false, false), [selected]);

  const step = (to: number): void => {
    if (to < 0) onBeyond("previous");
    else if (to >= count) onBeyond("next");
    else onSelect(to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = selected ?? -1;
    const steps: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => step(selected === undefined ? count - 1 : at - 1),
      ArrowDown: () => step(selected === undefined ? count - 1 : at - 1),
      ArrowRight: () => step(at + 1),
      ArrowUp: () => step(at + 1),
      PageDown: () => step(Math.max(0, at - 4)),
      PageUp: () => step(Math.min(count - 1, at + 4)),
      Home: () => step(0),
      End: () => step(count - 1),
      Escape: () => onSelect(undefined),
      Enter: () => selected !== undefined && onActivate?.(selected),
    };
    const act = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey ? undefined : steps[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const slotAt = (event: PointerEvent): number | undefined => {
    const { left, width } = plot.current!.over.getBoundingClientRect(); // a pointer event needs a drawn chart
    const index = Math.floor(((event.clientX - left) / width) * count);
    return index >= 0 && index < count ? index : undefined;
  };

  return (
    <div
      ref={host}
      class="chart"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={selected ?? 0}
      aria-valuetext={valueText}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => onSelect(slotAt(event))}
      onPointerDown={(event) => onSelect(slotAt(event))}
      onPointerLeave={(event) =>
        event.pointerType === "mouse" && document.activeElement !== host.current && onSelect(undefined)
      }
      onDblClick={() => selected !== undefined && onActivate?.(selected)}
    />
  );
}

function newPlot(element: HTMLElement, props: () => ChartProps, palette: () => Palette): uPlot {
  const axis: uPlot.Axis = {
    stroke: () => palette().muted,
    font: palette().font,
    grid: { stroke: () => palette().line, width: 1 },
    ticks: { show: false },
  };
  const options: uPlot.Options = {
    ...sizeOf(element),
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [0, Math.max(1, props().count)] },
      y: { range: (_plot: uPlot, low: number | null, high: number | null) => rangeOf(low, high) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        splits: () => [...props().bars.labels.keys()],
        values: (_plot: uPlot, splits: number[]) => splits.map((at) => props().bars.labels.get(at) ?? ""),
      },
      {
        ...axis,
        size: 52,
        space: 34,
        values: (_plot: uPlot, splits: number[]) => splits.map((value) => props().formatTick(Math.abs(value))),
      },
    ],
    series: [{}, { paths: () => null, points: { show: false } }, { paths: () => null, points: { show: false } }],
    hooks: {
      drawClear: [(plot: uPlot) => drawSelection(plot, props().count, props().selected, palette())],
      draw: [(plot: uPlot) => drawBars(plot, props().bars, props().count, palette())],
    },
  };
  const { bars, count } = props();
  return new uPlot(options, dataOf(bars, count), element);
}

function dataOf(bars: Bars, count: number): uPlot.AlignedData {
  const fill = (values: readonly (number | null)[]): (number | null)[] =>
    Array.from({ length: count }, (_, index) => values[index] ?? null);
  return [Array.from({ length: count }, (_, index) => index), fill(bars.up), fill(bars.down)];
}

/** Zero is always on the axis, and the highest bar never touches the edge. */
function rangeOf(low: number | null, high: number | null): [number, number] {
  const [top, bottom] = [Math.max(0, high ?? 0) * 1.08, Math.min(0, low ?? 0) * 1.08];
  return top === 0 && bottom === 0 ? [0, 1] : [bottom, top];
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(240, element.clientWidth), height: Math.max(180, element.clientHeight) };
}
