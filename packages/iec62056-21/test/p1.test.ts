// If these failed, a household's P1 port would be misread, or a damaged telegram pass for a whole one.

import fc from "fast-check";
import { expect, test } from "vitest";
import { instantOfLocal, localTextOf } from "../src/meaning/local-time.ts";
import { Instant } from "@siegel/readings";
import { encodeP1 } from "../src/p1/encode.ts";
import { P1Framer } from "../src/p1/framer.ts";
import { readObjects } from "../src/p1/objects.ts";
import { looksLikeD0, looksLikeP1 } from "../src/detect.ts";
import { blockMessage, requestMessage } from "../src/framing/frames.ts";
import { withEvenParity } from "../src/framing/parity.ts";
import type { P1Telegram } from "../src/p1/telegram.ts";
import { dsmr3, dsmr5, fluvius, line, octets, readP1, shown, telegram5, text } from "./telegrams.ts";

test("DSMR 5: values, devices, log, message", () => {
  const telegram = only(telegram5);
  expect(telegram.warnings).toEqual([]);
  expect([telegram.version, telegram.checksum, telegram.trust]).toEqual(["50", "good", "clear"]);
  expect(String(telegram.meter)).toBe("SGL0000001");
  expect(String(telegram.at)).toBe("2025-11-25T06:30:00Z");
  expect(telegram.messages).toEqual(["Hello"]);
  expect(telegram.devices.map(({ channel, deviceType, meter }) => [channel, deviceType, String(meter)])).toEqual([
    [1, 3, "G0001"],
    [2, 7, "W0002"],
  ]);
  expect(telegram.powerFailures.map(({ end, durationSeconds }) => [String(end), durationSeconds])).toEqual([
    ["2019-03-26T08:50:15Z", 2014],
    ["2025-07-01T10:00:00Z", 301],
  ]);
  const gas = telegram.values.find(({ id }) => id === "0-1:24.2.1")!.reading!;
  expect([String(gas.meter), String(gas.at), gas.kind === "number" && String(gas.value)]).toEqual([
    "G0001",
    "2025-11-25T06:25:00Z",
    "246.138",
  ]);
  expect(shown(readP1(telegram5)).slice(0, 5)).toEqual([
    "1-3:0.2.8*255=50",
    "0-0:1.0.0*255=251125073000W",
    "0-0:96.1.1*255=53474C30303030303031",
    "1-0:1.8.1*255=2130.115 kWh",
    "1-0:1.8.2*255=245.467 kWh",
  ]);
});

test("version 3: gas on two lines, dated without a letter", () => {
  const telegram = only(dsmr3);
  expect([telegram.version, telegram.checksum]).toEqual([undefined, "absent"]);
  const gas = telegram.values.find(({ obis }) => String(obis) === "0-1:24.2.1*255")!.reading!;
  expect([
    String(gas.meter),
    String(gas.at),
    gas.kind === "number" && `${gas.value.toString()} ${gas.unit?.symbol}`,
  ]).toEqual(["G0001", "2009-07-12T14:00:00Z", "1.001 m3"]);
});

test("Belgium: the maximum of each month under its own code and time", () => {
  const telegram = only(encodeP1(fluvius));
  expect(telegram.version).toBe("50217");
  const maxima = telegram.values.filter(({ obis }) => String(obis) === "1-0:1.6.0*255");
  expect(
    maxima.map(({ index, reading }) => [
      index,
      String(reading?.at),
      reading?.kind === "number" && String(reading.value),
    ]),
  ).toEqual([
    [0, "2025-11-09T12:45:58Z", "2.589"],
    [1, "undefined", "3.695"],
    [2, "2025-10-12T11:15:00Z", "5.980"],
  ]);
  expect(telegram.warnings.map(({ code }) => code)).toEqual(["clock-not-set"]);
});

test("a push telegram of a meter of EasyMeter, with what it sends behind the mark", () => {
  const push = octets(
    "/ESY5Q3DA1004 V3.04\r\n\r\n1-0:0.0.0*255(1336001560)\r\n1-0:1.8.0*255(00032549.5061662*kWh)\r\n!\r\n  25818685\r\nDE00003\r\n",
  );
  const events = readP1(octets(text(push).repeat(2)));
  expect(events.filter(({ kind }) => kind === "error")).toEqual([]);
  expect(shown(events)).toEqual(
    Array.from({ length: 2 }, () => ["1-0:0.0.0*255=1336001560", "1-0:1.8.0*255=32549.5061662 kWh"]).flat(),
  );
});

test.each([
  ["arc", "good", []],
  ["lower-case", "good", []],
  ["unpadded", "good", []],
  ["x25", "x25", ["x25-checksum"]],
  ["none", "absent", ["missing-checksum"]],
] as const)("checksum in the form %s", (form, verdict, warnings) => {
  // Some headers give a checksum that begins with zero: then unpadded differs from padded.
  const content = { ...dsmr5, header: headerWithLeadingZero() };
  const telegram = only(encodeP1(content, form));
  expect(telegram.checksum).toBe(verdict);
  expect(telegram.warnings.map(({ code }) => code)).toEqual(warnings);
  const isStrictlyGood = verdict === "good";
  expect(readP1(encodeP1(content, form), { strict: true }).map(({ kind }) => kind)).toEqual([
    isStrictlyGood ? "telegram" : "error",
  ]);
});

test("line ends that a cable changed are noticed, not taken for damage", () => {
  const changed = octets(text(telegram5).replaceAll("\r\n", "\n"));
  expect(only(changed).warnings.map(({ code }) => code)).toEqual(["line-ends"]);
  const [event] = readP1(changed, { strict: true });
  expect(event).toMatchObject({ kind: "error", error: { code: "bad-checksum" } });
});

test("a wrong checksum: printed with a warning, refused under strict", () => {
  const changed = octets(text(telegram5).replace("002130.115", "902130.115"));
  const telegram = only(changed);
  expect([telegram.checksum, telegram.trust, telegram.warnings.map(({ code }) => code)]).toEqual([
    "bad",
    "clear",
    ["bad-checksum"],
  ]);
  expect(readP1(changed, { strict: true })).toMatchObject([{ kind: "error", error: { code: "bad-checksum" } }]);
});

test("every flipped bit of a telegram shows", () => {
  const good = encodeP1({ header: dsmr5.header, lines: dsmr5.lines.slice(0, 6) });
  const whole = shown(readP1(good));
  for (let bit = 0; bit < (good.length - 2) * 8; bit++) {
    const changed = good.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const believed = readP1(changed, { strict: true }).filter(({ kind }) => kind === "telegram");
    // Case of a hex digit, and a bit that the parity rule takes off, are no change of content.
    if (believed.length > 0) expect(shown(believed), `bit ${bit}`).toEqual(whole);
  }
});

test("every prefix is a telegram with a warning, an error, or noise", () => {
  for (let length = 0; length < telegram5.length; length++) {
    for (const event of readP1(telegram5.subarray(0, length))) {
      if (event.kind === "telegram") expect(length).toBeGreaterThanOrEqual(text(telegram5).indexOf("!"));
    }
    expect(readP1(telegram5.subarray(0, length), { strict: true }).some(({ kind }) => kind === "telegram")).toBe(
      length >= text(telegram5).indexOf("!") + 5,
    );
  }
});

test("truncated telegrams glued together cost one, not two", () => {
  for (let cut = 1; cut < telegram5.length - 8; cut++) {
    const glued = octets(`${text(telegram5).slice(0, cut)}\r\n${text(telegram5)}`);
    const telegrams = readP1(glued, { strict: true }).filter(({ kind }) => kind === "telegram");
    expect(telegrams, `cut at ${cut}`).toHaveLength(1);
  }
});

test("the cut of the line does not matter", () => {
  const stream = octets(`noise\r\n${text(telegram5)}${text(dsmr3)}${text(encodeP1(fluvius))}`);
  const whole = shown(readP1(stream));
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
      const framer = new P1Framer();
      const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
      const events = places.slice(1).flatMap((to, index) => framer.push(stream.slice(places[index], to)));
      const bytes = [...events, ...framer.flush()].flatMap((event) =>
        event.kind === "telegram" ? [...event.bytes, 13, 10] : [],
      );
      expect(shown(readP1(Uint8Array.from(bytes)))).toEqual(whole);
    }),
    { numRuns: 1_000 },
  );
});

test("objects in all their spellings", () => {
  const read = (written: string) =>
    readObjects(octets(written), 0, written.length).objects.map((object) =>
      `${object.obis ?? `?${object.id}`} ${object.value?.toString() ?? ""} ${object.unit?.symbol ?? ""}`.trim(),
    );
  expect(read("1-0:1.8.1(1.5*kWh)1-0:2.8.1(2*kWh)")).toEqual(["1-0:1.8.1*255 1.5 kWh", "1-0:2.8.1*255 2 kWh"]);
  expect(read("1-0:31.7.0.255(001*A)")).toEqual(["1-0:31.7.0*255 1 A"]);
  expect(read("1-0:1.8.0*255(1*kWh)\r\n6.26*01(5*m3)\r\n1.8.0&12(7)")).toEqual([
    "1-0:1.8.0*255 1 kWh",
    "1-0:6.26.0*1 5 m3",
    "1-0:1.8.0*12 7",
  ]);
  expect(read("0:96.7.19(5)")).toEqual(["1-0:96.7.19*255 5"]);
  expect(read("1-0:99:97.0(5)")).toEqual(["?1-0:99:97.0 5"]);
  expect(read("1-0:32.7.0(230.1*v)\r\n1-0:31.7.0(1*a)\r\n1-0:1.7.0(1*kw)")).toEqual([
    "1-0:32.7.0*255 230.1 V",
    "1-0:31.7.0*255 1 A",
    "1-0:1.7.0*255 1 kW",
  ]);
  expect(read("1-0:1.8.0(12345678901234567.5*kWh)")).toEqual(["1-0:1.8.0*255 12345678901234567.5 kWh"]);
  expect(read("1-1:31.4.0(200*A)(-63*A)")).toEqual(["1-1:31.4.0*255 -63 A"]);
  expect(read("300-0:1.8.0(1)")).toEqual(["?300-0:1.8.0 1"]);
});

test("a limit with two directions gives two values", () => {
  const events = readP1(
    encodeP1({ header: dsmr5.header, lines: [line("1-3:0.2.8", "42"), line("1-1:31.4.0", "200*A", "-63*A")] }),
  );
  expect(shown(events).slice(1)).toEqual(["1-1:31.4.0*255=200 A", "1-1:31.4.0*255=-63 A"]);
});

test("7E1 read as 8N1", () => {
  expect(shown(readP1(withEvenParity(dsmr3)))).toEqual(shown(readP1(dsmr3)));
});

test("a text message may hold slash and mark", () => {
  const telegram = only(octets("/SGL5X\r\n\r\n1-0:1.7.0(0001.01*kW)\r\n0-0:96.13.0(and/or! see)\r\n!\r\n"));
  expect(telegram.messages).toEqual(["and/or! see"]);
});

test("local times", () => {
  const at = (written: string, minutes?: number) => String(instantOfLocal(written, minutes));
  expect(at("101209113020W")).toBe("2010-12-09T10:30:20Z");
  expect(at("200512135409S")).toBe("2020-05-12T11:54:09Z");
  expect(at("250319102812W", 120)).toBe("2025-03-19T08:28:12Z");
  // The hour that comes twice.
  expect([at("251026023000S"), at("251026023000W")]).toEqual(["2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"]);
  expect([at("250330013000"), at("250330030000"), at("251026023000")]).toEqual([
    "2025-03-30T00:30:00Z",
    "2025-03-30T01:00:00Z",
    "2025-10-26T01:30:00Z",
  ]);
  for (const none of ["632525252525W", "123412341234W", "250230000000W", "250000000000W", "", "0002"])
    expect(at(none)).toBe("undefined");
  fc.assert(
    fc.property(fc.integer({ min: 946_684_800, max: 4_102_444_799 - 86_400 }), (seconds) => {
      const instant = Instant.ofEpochSeconds(seconds);
      expect(instantOfLocal(localTextOf(instant))?.epochMs).toBe(instant.epochMs);
    }),
  );
});

test("what these bytes may be", () => {
  const guess = (bytes: Uint8Array) => [looksLikeP1(bytes), looksLikeD0(bytes)];
  expect(guess(telegram5)).toEqual(["yes", "unsure"]);
  expect(guess(withEvenParity(dsmr3))).toEqual(["yes", "unsure"]);
  expect(guess(requestMessage())).toEqual(["no", "yes"]);
  expect(guess(blockMessage("1.8.0(1*kWh)\r\n!\r\n"))).toEqual(["no", "yes"]);
  expect(guess(octets("6.8(0029.055*MWh)6.26(01589.28*m3)"))).toEqual(["no", "unsure"]);
  expect(guess(Uint8Array.of(0x1b, 0x1b, 0x1b, 0x1b, 1, 1, 1, 1))).toEqual(["no", "no"]);
  expect(guess(octets("hello world"))).toEqual(["no", "no"]);
});

function only(bytes: Uint8Array): P1Telegram {
  const events = readP1(bytes).filter(({ kind }) => kind !== "noise");
  expect(events.map(({ kind }) => kind)).toEqual(["telegram"]);
  const [event] = events;
  if (event?.kind !== "telegram") throw new Error("a telegram was expected");
  return event.telegram;
}

function headerWithLeadingZero(): string {
  for (let number = 0; ; number++) {
    const header = `/SGL5\\2ZERO${number}`;
    if (/!0[0-9A-F]{3}\r\n$/.test(text(encodeP1({ ...dsmr5, header })))) return header;
  }
}
