/** Results as one table of plain text: work, ours, compared with, its rate, ratio, what we state. */

import { type Measured, type Rate, rateText } from "./measure.ts";

const head = ["work", "ours", "compared with", "its rate", "ratio", "stated"];

/** One line for each comparison; the name of a work stands on its first line. */
export function tableOf(results: readonly Measured[]): string {
  const rows = results.flatMap(rowsOf);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function rowsOf({ name, unit, ours, others, bounds }: Measured): string[][] {
  /** A bound stands beside the rival it speaks of; that of a rate beside our own. */
  const stated = (row: number): string =>
    bounds
      .filter(({ against }) => (against === undefined ? row === 0 : against === others[row]?.name))
      .map(({ states, holds }) => `${states}${holds ? "" : " MISSED"}`)
      .join(", ");
  const count = Math.max(1, others.length);
  return Array.from({ length: count }, (_, row) => {
    const other = others[row];
    return [
      row === 0 ? name : "",
      row === 0 ? withSpread(ours, unit) : "",
      other?.name ?? "",
      other ? withSpread(other.rate, unit) : "",
      other ? `${other.ratio.toFixed(2)} ×` : "",
      stated(row),
    ];
  });
}

function withSpread(rate: Rate, unit: string): string {
  return `${rateText(rate.median, unit)} ±${Math.round(rate.spread * 100)} %`;
}
