/** A meter at a glance: the last telegram and the course of its power, redrawn in place. Pure: telegrams in, lines out. */

import type { TelegramJson, ValueJson } from "../read/telegram-json.ts";
import type { Terminal } from "../terminal.ts";
import { columns } from "./text.ts";

/** Remembers the power of the last seconds and draws the view. */
export class LiveView {
  readonly #powers: number[] = [];
  readonly #terminal: Terminal;
  #telegrams = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** The lines to show after this telegram: none wider than the screen, and one fewer than it has, for the cursor. */
  next(telegram: TelegramJson): string[] {
    this.#telegrams++;
    const power = numberOf(telegram, "1-0:16.7.0*255");
    if (power !== undefined) {
      this.#powers.push(power);
      if (this.#powers.length > maxPowers) this.#powers.shift();
    }
    const values = columns(rowsOf(telegram), ["left", "right", "left"]).map((line) => this.#cut(`  ${line}`));
    const room = Math.max(1, this.#terminal.rows - 1);
    const plot = this.#plot(Math.min(maxPlotRows, room - values.length - fixedRows));
    const blank = values.length + plot.length + fixedRows < room ? [""] : [];
    const foot = this.#terminal.style("dim", this.#cut("Ctrl-C ends it."));
    return [this.#head(telegram, power), ...blank, ...values, ...blank, ...plot, foot].slice(0, room);
  }

  /** One line, for an output that cannot be redrawn. */
  line(telegram: TelegramJson): string {
    const rows = rowsOf(telegram).map(([name, value, unit]) => `${name} ${value} ${unit}`);
    return `${telegram.meter?.label ?? ""}  ${rows.join("  ")}`;
  }

  /** Who, which way, how far; on a narrow screen the first of these. */
  #head(telegram: TelegramJson, power: number | undefined): string {
    const name = this.#cut(telegram.meter?.label ?? telegram.meter?.id ?? "meter");
    const direction = power === undefined ? "" : power < 0 ? "feeding into the grid" : "drawing from the grid";
    const count = `telegram ${this.#telegrams}, ${telegram.trust}`;
    const parts = [this.#terminal.style("bold", name)];
    const isWide = `${name}  ${direction}`.length <= this.#width;
    if (isWide) parts.push(direction);
    if (isWide && `${name}  ${direction}  ${count}`.length <= this.#width)
      parts.push(this.#terminal.style("dim", count));
    return parts.join("  ");
  }

  /** The course of the power in so many rows and a caption; nothing where there is no room for it. */
  #plot(plotRows: number): string[] {
    const powers = this.#powers.slice(-Math.max(1, this.#width - axisWidth - 2));
    if (powers.length < 2 || plotRows < 2) return [];
    const low = Math.min(0, ...powers);
    const high = Math.max(0, ...powers);
    const span = high - low || 1;
    const bars = powers.map((power) => {
      const eighths = Math.round(((power - low) / span) * (plotRows * 8 - 1)) + 1;
      return Array.from({ length: plotRows }, (_, row) => blocks[Math.min(8, Math.max(0, eighths - row * 8))]!);
    });
    const labelled = [
      `${Math.round(high)} W`,
      ...Array.from({ length: plotRows - 2 }, () => ""),
      `${Math.round(low)} W`,
    ];
    const lines = labelled.map((label, line) => {
      const row = plotRows - 1 - line;
      return `${label.padStart(axisWidth)} │${bars.map((bar) => bar[row]!).join("")}`;
    });
    return [...lines, `${"".padStart(axisWidth)} └ power, last ${powers.length} s`].map((line) => this.#cut(line));
  }

  /** One column stays free: a full line would wrap on some terminals. */
  get #width(): number {
    return Math.max(1, this.#terminal.columns - 1);
  }

  #cut(line: string): string {
    return line.slice(0, this.#width);
  }
}

/** What a person looks at first; objects that the meter does not send are left out. */
function rowsOf(telegram: TelegramJson): string[][] {
  return shown.flatMap(([obis, name]) => {
    const value = telegram.values.find((candidate) => candidate.obis === obis);
    return value === undefined ? [] : [[name, textOf(value), value.unit ?? ""]];
  });
}

function textOf(value: ValueJson): string {
  return value.value === null || value.value === undefined ? "–" : String(value.value);
}

/** For the plot only: a pixel needs no exact decimal. */
function numberOf(telegram: TelegramJson, obis: string): number | undefined {
  const value = telegram.values.find((candidate) => candidate.obis === obis)?.value;
  return typeof value === "string" ? Number(value) : undefined;
}

const shown: readonly (readonly [obis: string, name: string])[] = [
  ["1-0:16.7.0*255", "power"],
  ["1-0:36.7.0*255", "power L1"],
  ["1-0:56.7.0*255", "power L2"],
  ["1-0:76.7.0*255", "power L3"],
  ["1-0:1.8.0*255", "imported"],
  ["1-0:2.8.0*255", "exported"],
  ["1-0:32.7.0*255", "voltage L1"],
  ["1-0:14.7.0*255", "frequency"],
];
const blocks = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const maxPlotRows = 5;
/** Head, foot and the plot's caption. */
const fixedRows = 3;
const maxPowers = 120;
const axisWidth = 9;
