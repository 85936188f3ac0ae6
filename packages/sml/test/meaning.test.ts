import { MeterSigningKey } from "@siegel/crypto/testing";
import { concatBytes, fromHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeFile,
  encodeFile,
  type ListEntry,
  meterStatus,
  signList,
  type SmlMessage,
  SmlStream,
  type Telegram,
  telegramsOf,
  wrapFile,
} from "../src/index.ts";
import { curveOf } from "../src/signature/layouts.ts";
import { signable } from "./signed-lists.ts";
import { close, encodedMessages, energy, entry, list, message, open, power, push, pushed, serverId } from "./build.ts";

/** The only telegram of a list with these entries. */
function telegramOf(entries: readonly ListEntry[], more: Parameters<typeof list>[1] = {}): Telegram {
  const [telegram] = telegramsOf(decodeFile(encodeFile(push(list(entries, more)))));
  if (telegram === undefined) throw new Error("a list gives a telegram");
  return telegram;
}

function valueOf(telegram: Telegram, obis: string): string | undefined {
  const reading = telegram.values.find((value) => value.obis.toString() === obis)?.reading;
  return reading?.kind === "number" ? `${reading.value.toString()} ${reading.unit?.symbol ?? ""}`.trim() : undefined;
}

const status = (bits: number | bigint, byteLength = 3) => ({ status: { byteLength, bits } });
const phasePower = (c: number, raw: number, byteLength = 2): ListEntry =>
  power(raw, byteLength, { objName: Uint8Array.of(1, 0, c, 7, 0, 255) });

// --- sign -------------------------------------------------------------------------------------------------------------

test("a negative short power while the status says import is reread as unsigned", () => {
  // DZG meters show hundreds of watts of feed-in to a house without a roof.
  const telegram = telegramOf([energy(1, 4, status(0x1c0104)), power(-29_912, 2)]);
  expect(valueOf(telegram, "1-0:16.7.0*255")).toBe("356.24 W");
  expect(telegram.warnings.map(({ code, obis }) => `${code} ${obis}`)).toEqual(["sign-repaired 1-0:16.7.0*255"]);
});

test("a negative power while the status says export stands", () => {
  // Repairing what is right would turn feed-in into consumption: the fault of ranges of serial numbers.
  const telegram = telegramOf([energy(1, 4, status(0x1c6904)), power(-10_550, 2)]);
  expect(valueOf(telegram, "1-0:16.7.0*255")).toBe("-105.50 W");
  expect(telegram.warnings).toEqual([]);
});

test.each([
  [36, 0x1000],
  [56, 0x2000],
  [76, 0x4000],
])("phase power %i follows its own bit", (c, bit) => {
  // One phase may import while the house exports.
  const wrong = telegramOf([energy(1, 4, status(0x1c0904)), phasePower(c, -14_836)]);
  expect(valueOf(wrong, `1-0:${c}.7.0*255`)).toBe("507.00 W");
  const right = telegramOf([energy(1, 4, status(0x1c0904 | bit)), phasePower(c, -14_836)]);
  expect(valueOf(right, `1-0:${c}.7.0*255`)).toBe("-148.36 W");
});

test.each([
  ["a four-byte power", [energy(1, 4, status(0x1c0104)), power(-1, 4)], "-0.01 W"],
  ["a list without a status", [power(-1, 2)], "-0.01 W"],
  ["an EDL word of three bytes (ISKRA MT175)", [energy(1, 4, status(0x0101a2)), power(-4308, 2)], "-43.08 W"],
  ["an EDL word of two bytes", [energy(1, 4, status(0x0182, 2)), power(-4308, 2)], "-43.08 W"],
  ["an ISA word of eight bytes", [energy(1, 4, status(0x40000000018n, 8)), power(-4308, 2)], "-43.08 W"],
] as const)("%s is not repaired", (_, entries, expected) => {
  // Where the status does not speak about the sign, the meter's own number is all there is.
  const telegram = telegramOf(entries);
  expect(valueOf(telegram, "1-0:16.7.0*255")).toBe(expected);
  expect(telegram.warnings).toEqual([]);
});

test.each([2, 3, 4, 8])("an FNN word in %i bytes is an FNN word", (byteLength) => {
  // DZG drops leading zeros, and the status of a profile is declared with 64 bits.
  expect(meterStatus({ byteLength, bits: 0x0904 })).toMatchObject({ family: "FNN", exporting: true });
});

test("a power of another medium is not repaired, and no other medium's status speaks for electricity", () => {
  // The rule is about electricity meters: heat meters count their groups C otherwise.
  const heat = power(-5, 2, { objName: fromHex("0600100700ff") });
  const telegram = telegramOf([energy(1, 4, status(0x1c0104)), heat]);
  expect(valueOf(telegram, "6-0:16.7.0*255")).toBe("-0.05 W");
  const gas = entry("0700030000ff", { ...status(0x1c0104), value: { type: "unsigned", byteLength: 1, value: 1 } });
  expect(valueOf(telegramOf([gas, power(-5, 2)]), "1-0:16.7.0*255")).toBe("-0.05 W");
});

test("an energy is never repaired, whatever the status says", () => {
  // The rule is about power; a register that runs backwards is another matter.
  const telegram = telegramOf([
    energy(1, 4, status(0x1c0104)),
    entry("0100020800ff", { unit: 30, value: { type: "signed", byteLength: 2, value: -5 } }),
  ]);
  expect(valueOf(telegram, "1-0:2.8.0*255")).toBe("-5 Wh");
});

test("repair is the same number modulo the width, and only upwards", () => {
  // A repaired value that is not the same bits would be invented.
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 0x7fffff }), (byteLength, magnitude) => {
      const raw = -((magnitude % 2 ** (8 * byteLength - 1)) + 1) + 0;
      if (raw < -(2 ** (8 * byteLength - 1))) return;
      const telegram = telegramOf([energy(1, 4, status(0x1c0104)), power(raw, byteLength, { scaler: 0 })]);
      expect(valueOf(telegram, "1-0:16.7.0*255")).toBe(`${raw + 2 ** (8 * byteLength)} W`);
    }),
  );
});

test("an amount without sign is marked when the status says export", () => {
  // 15.7.0 looks like consumption while the roof feeds in.
  const amount = entry("01000f0700ff", {
    unit: 27,
    scaler: -1,
    value: { type: "signed", byteLength: 4, value: 12_133 },
  });
  const exporting = telegramOf([energy(1, 5, status(0x01a2, 2)), amount]);
  expect(exporting.warnings.map(({ code }) => code)).toEqual(["power-is-export"]);
  expect(valueOf(exporting, "1-0:15.7.0*255")).toBe("1213.3 W");
  expect(telegramOf([energy(1, 5, status(0x0182, 2)), amount]).warnings).toEqual([]);
});

test("a meter that reports a fault gives suspect values", () => {
  // A magnet beside the meter must not end in a bill as a good value.
  const telegram = telegramOf([energy(1, 4, status(0x1c0304)), power(5, 2)]);
  expect(telegram.values.map(({ reading }) => reading?.quality)).toEqual(["suspect", "suspect"]);
  expect(telegram.warnings.map(({ code }) => code)).toEqual(["meter-reports-fault"]);
});

test("a power with a status word of its own follows that one", () => {
  // One word beside the total would turn the feed-in of a second channel into consumption.
  const telegram = telegramOf([energy(1, 4, status(0x1c0104)), power(-5, 2, status(0x1c0904))]);
  expect(valueOf(telegram, "1-0:16.7.0*255")).toBe("-0.05 W");
  expect(telegram.warnings).toEqual([]);
});

test("a value with its own time has the unit and scaler of its entry, and its own status", () => {
  // A register would be shown ten times as high and without a unit, and a magnet beside the meter would not show.
  const value = {
    timestamp: { kind: "timestamp", value: 1_790_000_000 },
    status: { byteLength: 3, bits: 0x1c0304 },
    simpleValue: { type: "unsigned", byteLength: 4, value: 23_536_569 },
  } as const;
  const own = energy(0, 1, { status: undefined, value: { type: "list", value: { kind: "timestampedValue", value } } });
  const telegram = telegramOf([own]);
  expect(valueOf(telegram, "1-0:1.8.0*255")).toBe("2353656.9 Wh");
  expect(telegram.values[0]).toMatchObject({ scaler: -1, reading: { quality: "suspect", status: 0x1c0304 } });
  expect(telegram.values[0]?.reading?.at?.toString()).toBe("2026-09-21T14:13:20Z");
});

test("a time as a value is in seconds, whatever the entry's scaler says", () => {
  // Whoever computes raw · 10^scaler from the JSON line would get another number than the value beside it.
  const time = { kind: "smlTime", value: { kind: "secIndex", value: 729 } } as const;
  const telegram = telegramOf([entry("810060080001", { scaler: 2, value: { type: "list", value: time } })]);
  expect(telegram.values[0]?.scaler).toBe(0);
  expect(valueOf(telegram, "129-0:96.8.0*1")).toBe("729 s");
});

// --- time -------------------------------------------------------------------------------------------------------------

test("a second index is never a date", () => {
  // Others show 1971, or today, for a meter that counts seconds since it was made.
  expect(telegramOf([energy(1, 4)], { actSensorTime: { kind: "secIndex", value: 1_764_000_000 } }).at).toBeUndefined();
});

test("a clock is UTC; a local time's offsets do not move the instant", () => {
  // A reading an hour off lands in another quarter hour.
  const at = 1_790_000_000;
  for (const actSensorTime of [
    { kind: "timestamp", value: at },
    { kind: "localTimestamp", value: { timestamp: at, localOffset: 60, seasonTimeOffset: 60 } },
  ] as const) {
    expect(telegramOf([energy(1, 4)], { actSensorTime }).at?.toString()).toBe("2026-09-21T14:13:20Z");
  }
});

test("a clock that was never set is left out and told", () => {
  // 1970 in a data base spoils every plot.
  const telegram = telegramOf([energy(1, 4)], { actSensorTime: { kind: "timestamp", value: 777 } });
  expect(telegram.at).toBeUndefined();
  expect(telegram.warnings.map(({ code }) => code)).toEqual(["clock-not-set"]);
});

test("a time that is the gateway's is told", () => {
  // A meter without a clock would seem to have one.
  const actGatewayTime = { kind: "timestamp", value: 1_790_000_000 } as const;
  const passedOn = telegramOf([energy(1, 4)], { actSensorTime: undefined, actGatewayTime });
  expect(passedOn.at?.toString()).toBe("2026-09-21T14:13:20Z");
  expect(passedOn.warnings.map(({ code }) => code)).toEqual(["gateway-time"]);
  expect(telegramOf([energy(1, 4)], { actGatewayTime }).warnings).toEqual([]);
});

test("an entry's own time wins over the list's", () => {
  // Signed registers carry the time of their own.
  const own = energy(1, 4, { valTime: { kind: "timestamp", value: 1_790_000_000 } });
  const telegram = telegramOf([own], { actSensorTime: { kind: "timestamp", value: 1_790_000_900 } });
  expect(telegram.values[0]?.reading?.at?.toString()).toBe("2026-09-21T14:13:20Z");
});

test.each(["EDL40", "ISA-EDL-40P"] as const)("%s: a verified list has the time that was signed", (layout) => {
  // actSensorTime is under no signature: a stranger would give signed values the date that he likes.
  const valTime = {
    kind: "localTimestamp",
    value: { timestamp: 1_790_000_000, localOffset: 60, seasonTimeOffset: 60 },
  } as const;
  const valList = signable[layout].valList.map((line) => (line.status === undefined ? line : { ...line, valTime }));
  const curve = curveOf[layout];
  const key = MeterSigningKey.fromSeed({ curve, seed: new Uint8Array(32) });
  const signed = signList({ ...signable[layout], valList }, key, 1);
  const forged = { ...signed, actSensorTime: { kind: "timestamp", value: 1_600_000_000 } } as const;
  const stream = new SmlStream({ key: key.publicKey });
  const [event] = stream.push(wrapFile(encodeFile(push(forged))));
  if (event?.kind !== "telegram") throw new Error("the signature holds");
  const { telegram } = event;
  expect(telegram.trust).toBe("signed");
  expect(telegram.at?.toString()).toBe("2026-09-21T14:13:20Z");
  expect(telegram.values.filter(({ reading }) => reading?.at?.epochMs === 1_600_000_000_000)).toEqual([]);
});

test.each([
  [{ kind: "localTimestamp", value: { timestamp: 1_597_216_000, localOffset: 60, seasonTimeOffset: 60 } }, "07:07:44"],
  [{ kind: "localTimestamp", value: { timestamp: 1_597_216_000, localOffset: 60, seasonTimeOffset: 0 } }, "08:07:44"],
  [{ kind: "secIndex", value: 17 }, undefined],
] as const)("a register of an ISA-EDL-40P has local seconds under the tag of UTC: %j", (actSensorTime, expected) => {
  // What was charged in the afternoon would be billed two hours later, at another tariff.
  const { valList, listName } = signable["ISA-EDL-40P"]; // 09:07:44 on the wall
  const telegram = telegramOf(valList, { actSensorTime, listName, listSignature: new Uint8Array(66) });
  const register = telegram.values.find(({ obis }) => obis.toString() === "1-0:1.8.0*255")?.reading;
  expect(register?.at?.toString()).toBe(expected && `2020-08-12T${expected}Z`);
});

// --- the other bodies ---------------------------------------------------------------------------------------------------

const rowTime = (quarter: number) => ({ kind: "timestamp", value: 1_790_000_100 + quarter * 900 }) as const;
const path = [fromHex("8181c78620ff")];

test("a packed profile gives a telegram for each row, with the row's time and status", () => {
  // A quarter hour under the time of the request would bill the wrong hour.
  const body: SmlMessage["body"] = {
    kind: "GetProfilePackResponse",
    value: {
      serverId,
      actTime: rowTime(9),
      regPeriod: 900,
      parameterTreePath: path,
      headerList: [{ objName: fromHex("0100010800ff"), unit: 30, scaler: -1 }],
      periodList: [0, 1].map((quarter) => ({
        valTime: rowTime(quarter),
        status: { byteLength: 3, bits: 0x1c0104 },
        valueList: [{ value: { type: "unsigned", byteLength: 4, value: 1000 + quarter } }],
      })),
    },
  };
  const telegrams = telegramsOf(decodeFile(encodeFile([open, message(body), close])));
  expect(telegrams.map((telegram) => [telegram.at?.toString(), valueOf(telegram, "1-0:1.8.0*255")])).toEqual([
    ["2026-09-21T14:15:00Z", "100.0 Wh"],
    ["2026-09-21T14:30:00Z", "100.1 Wh"],
  ]);
});

test("a row of a packed profile with too few or too many cells is told", () => {
  // A cell that is missing in the middle moves the others: export would stand under the code of import.
  const cell = { value: { type: "unsigned", byteLength: 1, value: 7 } } as const;
  const body: SmlMessage["body"] = {
    kind: "GetProfilePackResponse",
    value: {
      serverId,
      actTime: rowTime(9),
      regPeriod: 900,
      parameterTreePath: path,
      headerList: ["0100010800ff", "0100020800ff"].map((name) => ({ objName: fromHex(name), unit: 30, scaler: 0 })),
      periodList: [[cell], [cell, cell], [cell, cell, cell]].map((valueList, quarter) => ({
        valTime: rowTime(quarter),
        status: { byteLength: 1, bits: 0 },
        valueList,
      })),
    },
  };
  const telegrams = telegramsOf(decodeFile(encodeFile([open, message(body), close])));
  expect(telegrams.map(({ values, warnings }) => [values.length, warnings.map(({ code }) => code)])).toEqual([
    [1, ["columns-differ"]],
    [2, []],
    [2, ["columns-differ"]],
  ]);
});

test("a profile list is a telegram of its period", () => {
  // As above, for meters that answer period by period.
  const body: SmlMessage["body"] = {
    kind: "GetProfileListResponse",
    value: {
      serverId,
      actTime: rowTime(9),
      regPeriod: 900,
      parameterTreePath: path,
      valTime: rowTime(0),
      status: { byteLength: 1, bits: 0 },
      periodList: [
        { objName: fromHex("0100020800ff"), unit: 30, scaler: 0, value: { type: "signed", byteLength: 8, value: -1n } },
      ],
    },
  };
  const [telegram] = telegramsOf(decodeFile(encodeFile([open, message(body), close])));
  expect(telegram?.at?.toString()).toBe("2026-09-21T14:15:00Z");
  expect(valueOf(telegram!, "1-0:2.8.0*255")).toBe("-1 Wh");
});

test("an attention is told as such, without values", () => {
  // "Wrong password" must not look like a meter without registers.
  const body: SmlMessage["body"] = {
    kind: "AttentionResponse",
    value: { serverId, attentionNo: fromHex("8181c7c7fe02") },
  };
  const [telegram] = telegramsOf(decodeFile(encodeFile([open, message(body), close])));
  expect(telegram).toMatchObject({ values: [], attention: { code: "wrong-user-or-password", granted: false } });
});

test("registers in a parameter tree are readings, at any depth", () => {
  // Some devices answer with a tree instead of a list.
  const leaf = (name: string, value: number) =>
    ({
      parameterName: fromHex(name),
      parameterValue: {
        kind: "periodEntry",
        value: { objName: fromHex(name), unit: 30, scaler: 0, value: { type: "unsigned", byteLength: 1, value } },
      },
    }) as const;
  const parameterTree = {
    parameterName: fromHex("00"),
    childList: [leaf("0100010800ff", 3), { parameterName: fromHex("01"), childList: [leaf("0100020800ff", 4)] }],
  };
  const body: SmlMessage["body"] = {
    kind: "GetProcParameterResponse",
    value: { serverId, parameterTreePath: path, parameterTree },
  };
  const [telegram] = telegramsOf(decodeFile(encodeFile([open, message(body), close])));
  expect(telegram?.values.map(({ obis }) => obis.toString())).toEqual(["1-0:1.8.0*255", "1-0:2.8.0*255"]);
});

// --- stream -------------------------------------------------------------------------------------------------------------

test("wherever the line is cut, the telegrams are the same", () => {
  // A serial port delivers byte by byte, a file all at once.
  const one = pushed(list([energy(123, 4), power(-29_912, 2)]));
  const bytes = Uint8Array.from([1, 2, 3, ...one, ...one.subarray(0, 99), ...one]);
  const whole = new SmlStream();
  const expected = [...whole.push(bytes), ...whole.flush()].filter(({ kind }) => kind !== "noise");
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (steps) => {
      const stream = new SmlStream();
      const events = [];
      for (let at = 0, index = 0; at < bytes.length; index++) {
        const next = Math.min(bytes.length, at + steps[index % steps.length]!);
        events.push(...stream.push(bytes.slice(at, next)));
        at = next;
      }
      events.push(...stream.flush());
      expect(JSON.stringify(events.filter(({ kind }) => kind !== "noise"))).toBe(JSON.stringify(expected));
    }),
    { numRuns: 200 },
  );
});

test("an error's offset counts in the stream, behind escapes too", () => {
  // The person looks for the byte in his dump.
  const evil = entry("0100600100ff", { value: { type: "octets", value: fromHex("1b1b1b1b 1b1b1b1b") } });
  const bytes = pushed(list([evil, entry("0100010800ff", {})]));
  const stream = new SmlStream({ strict: true });
  const [event] = stream.push(bytes);
  if (event?.kind !== "error" || !("where" in event.error)) throw new Error("strict reading refuses an absent value");
  expect(bytes[event.error.where.offset]).toBe(0x01);
  expect(bytes[event.error.where.offset - 1]).toBe(0x01); // scaler, absent too
  expect(bytes.subarray(event.error.where.offset - 11, event.error.where.offset - 4)).toEqual(
    fromHex("07 0100010800ff"),
  );
});

test("of two lists in a file only the one without a signature is called unsigned", () => {
  // A signed reading would look doubtful, or an unsigned one as good as its neighbour.
  const key = MeterSigningKey.fromSeed({ curve: "P-192", seed: new Uint8Array(32) });
  const signed = message({ kind: "GetListResponse", value: signList(signable.EDL40, key, 1) }, "a1");
  const plain = message({ kind: "GetListResponse", value: list([energy(1, 4)]) }, "a3");
  const stream = new SmlStream({ key: key.publicKey });
  const events = stream.push(wrapFile(encodeFile([open, signed, plain, close])));
  const told = events.flatMap((event) => (event.kind === "telegram" ? [event.telegram] : []));
  expect(told.map(({ trust, warnings }) => [trust, warnings.some(({ code }) => code === "not-signed")])).toEqual([
    ["signed", false],
    ["clear", true],
  ]);
});

test("strict, with a key: a list without a signature is an error, not a telegram", () => {
  // Twin of the check: a stranger would only have to leave the signature out.
  const key = MeterSigningKey.fromSeed({ curve: "P-192", seed: new Uint8Array(32) }).publicKey;
  const events = new SmlStream({ key, strict: true }).push(pushed(list([energy(1, 4)])));
  expect(events.map((event) => (event.kind === "error" ? event.error.code : event.kind))).toEqual(["not-signed"]);
});

test("a refused signature is placed where its list stands, behind a damaged message too", () => {
  // The person looks for the list in his dump.
  const [opening, response, closing] = encodedMessages(push({ ...signable.EDL40, listSignature: new Uint8Array(50) }));
  const damaged = opening!.slice();
  damaged[damaged.length - 2]! ^= 1; // its checksum
  const stream = new SmlStream({ key: { curve: "P-192", verify: () => false } });
  const events = stream.push(wrapFile(concatBytes(damaged, response!, closing!)));
  expect(events.map((event) => (event.kind === "error" ? `${event.error.code} ${event.path}` : event.kind))).toEqual([
    "bad-checksum messages[0].crc16",
    "signature-mismatch messages[1].GetListResponse.listSignature",
  ]);
});
