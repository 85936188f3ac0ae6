import { expect, test } from "vitest";
import { LiveView } from "../src/output/live-view.ts";
import type { TelegramJson } from "../src/read/telegram-json.ts";
import type { Terminal } from "../src/terminal.ts";

const sizes = [
  [200, 60],
  [80, 24],
  [60, 15],
  [30, 10],
  [12, 4],
  [1, 1],
] as const;

test.each(sizes)("on a screen of %i × %i the view stays on it", (columns, rows) => {
  // A view higher or wider than the screen scrolls it full once a second instead of standing still.
  const view = new LiveView(screen(columns, rows));
  for (let count = 0; count < 150; count++) {
    const lines = view.next(telegram(`${(count % 2 === 0 ? 1 : -1) * count * 10}.5`));
    expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Math.max(1, columns - 1));
  }
});

test("a small screen keeps the values and a lower plot", () => {
  // What a person came for must not be the part that is cut.
  const view = new LiveView(screen(60, 15));
  view.next(telegram("100"));
  const text = view.next(telegram("361.77")).join("\n");
  expect(text).toContain("361.77  W");
  expect(text).toContain("frequency");
  expect(text).toContain("└ power, last 2 s");
});

test("a screen that becomes narrow shows the last seconds", () => {
  // The window is resized while the meter is read.
  const size = { ...screen(120, 40), columns: 120 };
  const view = new LiveView(size);
  for (let count = 0; count < 100; count++) view.next(telegram("100"));
  size.columns = 40;
  expect(view.next(telegram("100")).at(-2)).toContain("last 28 s");
});

function screen(columns: number, rows: number): Terminal {
  return {
    out: () => {},
    bytes: () => {},
    drained: async () => {},
    err: () => {},
    interactive: true,
    showsProgress: true,
    columns,
    rows,
    style: (_, text) => text,
    ended: new AbortController().signal,
  };
}

function telegram(power: string): TelegramJson {
  const units = { "16.7.0": "W", "36.7.0": "W", "56.7.0": "W", "76.7.0": "W", "1.8.0": "Wh", "2.8.0": "Wh" };
  return {
    protocol: "sml",
    offset: 0,
    meter: { id: "0a01445a4700039e2055", label: "1DZG0060694613" },
    at: null,
    trust: "clear",
    values: [
      ...Object.entries(units).map(([code, unit]) => ({ obis: `1-0:${code}*255`, value: power, unit })),
      { obis: "1-0:32.7.0*255", value: "231.5", unit: "V" },
      { obis: "1-0:14.7.0*255", value: "50.0", unit: "Hz" },
    ],
    warnings: [],
  };
}
