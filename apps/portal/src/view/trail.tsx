/** The last minutes of power as a line, from zero. Above: from the grid; below: into it. A gap stays a gap. */

import type { JSX } from "preact";

import { type TrailPoint, unbroken } from "../core/live.ts";

export interface TrailProps {
  readonly points: readonly TrailPoint[];
  readonly nowMs: number;
  readonly label: string;
}

export function Trail({ points, nowMs, label }: TrailProps): JSX.Element | null {
  const shown = points.filter(({ atMs }) => nowMs - atMs < spanMs);
  if (shown.length < 3) return null;
  const [highest, lowest] = [Math.max(0, ...shown.map((p) => p.power)), Math.min(0, ...shown.map((p) => p.power))];
  const x = (atMs: number): string => (width - ((nowMs - atMs) / spanMs) * width).toFixed(1);
  const y = (power: number): string => (2 + ((highest - power) / (highest - lowest || 1)) * (height - 4)).toFixed(1);
  const pieces = unbroken(shown).map((piece) => ({
    line: piece.map(({ atMs, power }) => `${x(atMs)} ${y(power)}`).join("L"),
    first: x(piece[0]!.atMs),
    last: x(piece.at(-1)!.atMs),
  }));
  return (
    <svg class="trail" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="trail-area" d={pieces.map((p) => `M${p.first} ${y(0)}L${p.line}L${p.last} ${y(0)}z`).join("")} />
      <path class="trail-zero" d={`M0 ${y(0)}H${width}`} />
      <path class="trail-line" d={pieces.map((p) => `M${p.line}`).join("")} />
    </svg>
  );
}

const width = 600;
const height = 56;
const spanMs = 15 * 60_000;
