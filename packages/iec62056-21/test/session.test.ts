// If these failed, a meter that answers would not be read, or a command would be taken for done that was not.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockMessage, breakMessage, commandMessage } from "../src/framing/frames.ts";
import { type Identification, parseIdentification } from "../src/framing/identification.ts";
import type { DataSet } from "../src/messages/data-set.ts";
import { type D0Device, MeterSession } from "../src/server/meter.ts";
import { meterTable } from "../src/server/table.ts";
import { EchoFilter } from "../src/session/echo.ts";
import { type ReaderEffect, type ReaderOptions, ReaderSession } from "../src/session/reader.ts";
import { readOut, type Timer, withProgramming } from "../src/session/run.ts";
import { readerTable, tableText } from "../src/session/table.ts";
import { line, octets, shown, text } from "./telegrams.ts";
import { Wire } from "./wire.ts";

test("the reader's table", () => {
  expect(`\n${tableText(readerTable)}\n`).toMatchSnapshot();
});

test("the meter's table", () => {
  expect(`\n${tableText(meterTable)}\n`).toMatchSnapshot();
});

test.each([
  ["reader", readerTable],
  ["meter", meterTable],
] as const)(
  "the %s's table names each state and happening once, and every state can be left or is an end",
  (_, rows) => {
    const keys = rows.map(([from, on]) => `${from} ${on}`);
    expect(new Set(keys).size).toBe(keys.length);
    const from = new Set<string>(rows.map((row) => row[0]));
    const ends = new Set(rows.map((row) => row[2]).filter((to) => !from.has(to)));
    expect([...ends].every((end) => ["done", "failed", "handed-over"].includes(end))).toBe(true);
  },
);

/** A meter with two registers, a profile and a password. */
function device(written = "/SGL5VIRTUAL", address = "12"): D0Device & { values: Map<string, string> } {
  const values = new Map([
    ["1.8.0", "000285.4*kWh"],
    ["2.8.0", "000120.1*kWh"],
  ]);
  return {
    values,
    identification: parseIdentification(written) as Identification, // written here
    address,
    readOut: () => [line("F.F", "00"), ...[...values].map(([id, value]) => line(id, value))],
    read: ({ id }) => {
      const value = values.get(id);
      if (id === "P.01")
        return Array.from({ length: 20 }, (_, index): Pick<DataSet, "id" | "groups"> => ({
          id: "P.01",
          groups: [`25112507${index}`, "0.123"],
        }));
      return value === undefined ? undefined : [{ id, groups: [value] }];
    },
    write: ({ id, argument }) => values.has(id) && values.set(id, argument) !== undefined,
    execute: ({ id }) => id === "reset",
    seed: () => "4711",
    isPassword: (password, digit, seed) =>
      digit === "1" ? password === "00000000" : password === seed.split("").toReversed().join(""),
  };
}

/** Time that passes as soon as nobody has anything else to do. */
const patient: Timer = {
  after: (milliseconds, run) => {
    const timer = setTimeout(run, Math.min(milliseconds, 60));
    return () => clearTimeout(timer);
  },
};

const energies = ["1-0:1.8.0*255=285.4 kWh", "1-0:2.8.0*255=120.1 kWh"];

describe("reading out", () => {
  test.each([
    ["mode A", "/SGL.VIRTUAL", [300], ""],
    ["mode B", "/SGLDVIRTUAL", [300, 4800], ""],
    ["mode C", "/SGL5VIRTUAL", [300, 9600], "\u0006050\r\n"],
    ["mode C at 300 baud", "/SGL0VIRTUAL", [300, 300], "\u0006000\r\n"],
    ["mode E as C", "/SGL6\\2VIRTUAL", [300, 19_200], "\u0006060\r\n"],
  ] as const)("%s", async (_, identification, speeds, acknowledgement) => {
    const wire = new Wire(new MeterSession(device(identification)));
    const telegram = await readOut(wire, patient);
    expect(shown([{ kind: "telegram", offset: 0, telegram }]).slice(1)).toEqual(energies);
    expect(telegram.header).toBe(identification);
    expect(wire.toMeter).toBe(`/?!\r\n${acknowledgement}`);
    expect(wire.speeds).toEqual(speeds);
  });

  test("the acknowledgement leaves at the old speed, and the speed changes behind it", async () => {
    const wire = new Wire(new MeterSession(device()));
    await readOut(wire, patient);
    expect(wire.log).toEqual(["speed 300", "write /?!\r\n", "write \u0006050\r\n", "speed 9600"]);
  });

  test("by its address; no meter of another one answers", async () => {
    const wire = new Wire(new MeterSession(device()));
    await readOut(wire, patient, { address: "00012" });
    expect(wire.toMeter.startsWith("/?00012!\r\n")).toBe(true);
    const other = readOut(new Wire(new MeterSession(device())), patient, { address: "13" });
    await expect(other).rejects.toMatchObject({ code: "no-answer", blame: "environment" });
  });

  test("through a head that echoes", async () => {
    const wire = new Wire(new MeterSession(device()), { echoes: true });
    const telegram = await readOut(wire, patient);
    expect(shown([{ kind: "telegram", offset: 0, telegram }]).slice(1)).toEqual(energies);
  });

  test("a battery meter is woken first", async () => {
    const wire = new Wire(new MeterSession(device()));
    await readOut(wire, patient, { wakeUp: true });
    const zeros = /^\0+/.exec(wire.toMeter)![0].length;
    // 2.1 to 2.3 s at 30 characters a second.
    expect([zeros >= 63, zeros <= 69]).toEqual([true, true]);
  });

  test("a damaged answer is asked for again, three times damaged it fails", async () => {
    const once = new Wire(new MeterSession(device()), { damage: (count) => count === 1 });
    const telegram = await readOut(once, patient);
    expect(shown([{ kind: "telegram", offset: 0, telegram }]).slice(1)).toEqual(energies);
    expect(once.toMeter.split("\u0015")).toHaveLength(2);
    const always = new Wire(new MeterSession(device()), { damage: () => true });
    await expect(readOut(always, patient)).rejects.toMatchObject({ code: "bad-checksum" });
  });

  test("a meter that speaks by itself (mode D) is listened to", async () => {
    const wire = new Wire(undefined);
    const reading = readOut(wire, patient, { listenAtBaud: 2400 });
    wire.fromMeter(octets("/SGL.PUSH\r\n\r\n1.8.0(000285.4*kWh)\r\n2.8.0(000120.1*kWh)\r\n!\r\n"));
    const telegram = await reading;
    expect(shown([{ kind: "telegram", offset: 0, telegram }])).toEqual(energies);
    expect([wire.toMeter, wire.speeds]).toEqual(["", [2400]]);
  });

  test("a meter that leaves out what ends the data is read when it falls silent", async () => {
    const wire = new Wire(undefined);
    const reading = readOut(wire, patient, { listenAtBaud: 9600 });
    wire.fromMeter(octets("/SGL.PUSH\r\n\r\n1.8.0(000285.4*kWh)\r\n"));
    const telegram = await reading;
    expect(telegram.warnings.map(({ code }) => code)).toEqual(["missing-end-mark"]);
  });

  test("a lost line ends the dialogue", async () => {
    const wire = new Wire(undefined);
    const reading = readOut(wire, patient);
    wire.end();
    await expect(reading).rejects.toMatchObject({ code: "answer-broke-off" });
  });

  test("a head that is slow keeps the speed that it can", async () => {
    const wire = new Wire(new MeterSession(device("/SGL6VIRTUAL")));
    await readOut(wire, patient, { maxBaud: 4_800 });
    expect(wire.toMeter).toContain("\u0006040\r\n");
    expect(wire.speeds.at(-1)).toBe(4_800);
  });
});

describe("programming", () => {
  const password = () => ({ digit: "1", text: "00000000" }) as const;
  const read = (id: string, digit = "1") => ({ letter: "R", digit, data: `${id}()` });

  test("password, read, write, execute, sign off: as a public session log shows it", async () => {
    const meter = device();
    const wire = new Wire(new MeterSession(meter));
    const answers = await withProgramming(wire, patient, { password }, async (session) => [
      session.seed,
      await session.send(read("1.8.0")),
      await session.send({ letter: "W", digit: "1", data: "1.8.0(000300.0*kWh)" }),
      await session.send({ letter: "E", digit: "2", data: "reset()" }),
      await session.send(read("9.9.9")),
      await session.send({ letter: "W", digit: "5", data: "9.9.9(1)" }),
    ]);
    expect(answers).toMatchObject([
      "4711",
      { kind: "data", data: { lines: [[{ id: "1.8.0", groups: ["000285.4*kWh"] }]] }, isChecked: true },
      { kind: "acknowledged" },
      { kind: "acknowledged" },
      { kind: "refused", error: { code: "refused", meterText: "ER03" } },
      { kind: "refused", error: { code: "refused", meterText: "ER04" } },
    ]);
    expect(meter.values.get("1.8.0")).toBe("000300.0*kWh");
    expect(
      wire.toMeter.startsWith("/?!\r\n\u0006051\r\n\u0001P1\u0002(00000000)\u0003a\u0001R1\u00021.8.0()\u0003"),
    ).toBe(true);
    expect(wire.toMeter.endsWith("\u0001B0\u0003q")).toBe(true);
  });

  test("a password made from the seed (P2)", async () => {
    const wire = new Wire(new MeterSession(device()));
    const made = (seed: string) => ({ digit: "2", text: seed.split("").toReversed().join("") }) as const;
    const answer = await withProgramming(wire, patient, { password: made }, async (session) =>
      session.send({ letter: "W", digit: "1", data: "1.8.0(1*kWh)" }),
    );
    expect(answer).toEqual({ kind: "acknowledged" });
  });

  test("an answer in parts", async () => {
    const wire = new Wire(new MeterSession(device(), { partCharacters: 50 }));
    const answer = await withProgramming(wire, patient, {}, async (session) => session.send(read("P.01", "3")));
    expect(answer.kind === "data" && answer.data.lines.flat().map(({ groups }) => groups[0])).toEqual(
      Array.from({ length: 20 }, (_, index) => `25112507${index}`),
    );
    expect(wire.toMeter.split("\u0006").length).toBeGreaterThan(5);
  });

  test("damage on either side is repaired by asking again", async () => {
    // The third block is the answer; the second message of the reader after the password is a command.
    const wire = new Wire(new MeterSession(device(), { partCharacters: 50 }), { damage: (count) => count % 3 === 1 });
    const answer = await withProgramming(wire, patient, { retries: 5 }, async (session) =>
      session.send(read("P.01", "3")),
    );
    expect(answer.kind === "data" && answer.data.lines.flat()).toHaveLength(20);
  });

  test("without the password nothing is written", async () => {
    const meter = device();
    const answer = await withProgramming(new Wire(new MeterSession(meter)), patient, {}, async (session) =>
      session.send({ letter: "W", digit: "1", data: "1.8.0(000999.9*kWh)" }),
    );
    expect([answer.kind, meter.values.get("1.8.0")]).toEqual(["refused", "000285.4*kWh"]);
  });

  test("a wrong password is told, and the third closes the door", async () => {
    const wrong = () => ({ digit: "1", text: "11111111" }) as const;
    const session = withProgramming(new Wire(new MeterSession(device())), patient, { password: wrong }, () =>
      Promise.resolve(),
    );
    await expect(session).rejects.toMatchObject({ code: "password-refused", meterText: "ER07" });
    const meter = new MeterSession(device());
    const tell = (bytes: Uint8Array) =>
      meter.step({ on: "bytes", bytes }).flatMap((effect) => (effect.do === "send" ? [text(effect.bytes)] : []));
    tell(octets("/?!\r\n"));
    tell(octets("\u0006051\r\n"));
    const guess = commandMessage({ letter: "P", digit: "1", data: "(22222222)" });
    const said = [tell(guess), tell(guess), tell(guess)].flat();
    expect(said.map((message) => message.includes("(ER07)"))).toEqual([true, true, false]);
    expect(said[2]).toBe(text(breakMessage()));
    expect(tell(commandMessage({ letter: "P", digit: "1", data: "(00000000)" }))).toEqual([]);
  });

  test("a meter without programming mode says so", async () => {
    const wire = new Wire(undefined);
    const session = withProgramming(wire, patient, {}, () => Promise.resolve());
    await wire.written("/?!\r\n");
    wire.fromMeter(octets("/SGL5VIRTUAL\r\n"));
    await wire.written("\u0006051\r\n");
    wire.fromMeter(blockMessage("1.8.0(1*kWh)\r\n!\r\n"));
    await expect(session).rejects.toMatchObject({ code: "no-programming-mode" });
  });

  test("an error in the work signs off all the same", async () => {
    const wire = new Wire(new MeterSession(device()));
    await expect(withProgramming(wire, patient, { password }, () => Promise.reject(new Error("mine")))).rejects.toThrow(
      "mine",
    );
    expect(wire.toMeter.endsWith(text(breakMessage()))).toBe(true);
  });
});

test("mode E hands the line over at the new speed", () => {
  const session = new ReaderSession({ mode: "binary" });
  session.step({ on: "start" });
  const asked = session.step({ on: "bytes", bytes: octets("/SGL5\\2VIRTUAL\r\n") });
  expect(sent(asked)).toEqual(["\u0006252\r\n"]);
  expect(session.step({ on: "sent" }).map((effect) => effect.do)).toEqual(["speed", "handOver"]);
  expect(session.state).toBe("handed-over");
});

test("a meter that hears no option sends its data at the speed of the opening", () => {
  const meter = new MeterSession(device());
  meter.step({ on: "bytes", bytes: octets("/?!\r\n") });
  const effects = meter.step({ on: "timeout" });
  expect(effects.some((effect) => effect.do === "speed")).toBe(false);
  expect(effects.some((effect) => effect.do === "send" && text(effect.bytes).includes("1.8.0"))).toBe(true);
});

test("an echo is taken off whole or not at all", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc.uint8Array({ maxLength: 12 }),
      fc.array(fc.nat(24)),
      (message, answer, cuts) => {
        const filter = new EchoFilter();
        filter.sent(message);
        const line = Uint8Array.from([...message, ...answer]);
        const places = [0, ...cuts.map((cut) => Math.min(cut, line.length)).toSorted((a, b) => a - b), line.length];
        const left = places.slice(1).flatMap((to, index) => [...filter.take(line.subarray(places[index], to))]);
        expect(left).toEqual([...answer]);
      },
    ),
  );
  const filter = new EchoFilter();
  filter.sent(octets("/?!\r\n"));
  expect([...filter.take(octets("/")), ...filter.take(octets("SGL5"))]).toEqual([...octets("/SGL5")]);
});

test("whatever comes in whatever order: both sides stay in a state of their table", () => {
  const input = fc.oneof(
    fc.constantFrom("/?!\r\n", "/SGL5X\r\n", "\u0006050\r\n", "\u0006051\r\n", "\u0006", "\u0015", "!\r\n").map(octets),
    fc
      .constantFrom("P0", "P1", "R1", "W1", "B0", "E2")
      .map((name) =>
        commandMessage({ letter: name[0]!, digit: name[1]!, data: name === "B0" ? undefined : "1.8.0(1)" }),
      ),
    fc.constantFrom("1.8.0(1)\r\n!\r\n", "(ER01)").map((data) => blockMessage(data)),
    fc.constant(blockMessage("1.8.0(1)", true)),
    fc.uint8Array({ maxLength: 8 }),
    fc.constantFrom("sent", "timeout", "start", "sign-off"),
  );
  const modes = fc.constantFrom<ReaderOptions>(
    {},
    { mode: "programming" },
    { mode: "binary" },
    { listenAtBaud: 2400 },
    { wakeUp: true },
  );
  fc.assert(
    fc.property(modes, fc.array(input, { maxLength: 30 }), (options, inputs) => {
      const reader = new ReaderSession(options);
      const meter = new MeterSession(device());
      reader.step({ on: "start" });
      for (const one of inputs) {
        if (typeof one !== "string") {
          reader.step({ on: "bytes", bytes: one.slice() });
          meter.step({ on: "bytes", bytes: one.slice() });
        } else {
          reader.step({ on: one as "sent" }); // each of the four is an input
          if (one === "sent" || one === "timeout") meter.step({ on: one });
        }
      }
      expect(readerTable.some(([from, , to]) => from === reader.state || to === reader.state)).toBe(true);
      expect(meterTable.some(([from]) => from === meter.state)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

function sent(effects: readonly ReaderEffect[]): string[] {
  return effects.flatMap((effect) => (effect.do === "send" ? [text(effect.bytes)] : []));
}
