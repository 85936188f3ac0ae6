import { ShortKey } from "@siegel/crypto";
import { Instant, numberOfMaker } from "@siegel/readings";
import { concatBytes, fromHex, toHex } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { annotateWired } from "../../src/dump/wired.ts";
import { encodeWiredFrame, longFrame } from "../../src/framing/wired/frame.ts";
import { mbusValueJson } from "../../src/meaning/json.ts";
import { sealMessage } from "../../src/security/seal.ts";
import { Keyring } from "../../src/security/keyring.ts";
import { AnswerError, AnswerReader, joinedTelegram } from "../../src/wired-answer.ts";
import { type MbusStreamEvent, MbusStream } from "../../src/wired-stream.ts";
import { cutAt, nastyBytes } from "./frames.ts";

const answer = (ci: number, hex: string, a = 5) => longFrame({ c: 0x08, a, ci, data: fromHex(hex) });
const header = "785634122d2c01072a100000";
const volume = "0c1378563412";

function readAll(bytes: Uint8Array, options = {}): MbusStreamEvent[] {
  const stream = new MbusStream(options);
  return [...stream.push(bytes), ...stream.flush()];
}

function telegramOf(bytes: Uint8Array, options = {}) {
  const [event] = readAll(bytes, options);
  if (event?.kind !== "telegram") throw new Error(`a telegram, not ${event?.kind}`);
  return event.telegram;
}

test("an answer becomes values", () => {
  // A water meter would show nothing, or other figures.
  const telegram = telegramOf(encodeWiredFrame(answer(0x72, header + volume + "02fd170000")));
  expect(telegram).toMatchObject({ link: "wired", access: 0x2a, trust: "clear", status: { temporaryError: true } });
  expect(telegram.meter.id).toBe("012d2c785634120107");
  expect(telegram.values.map(mbusValueJson)).toMatchObject([
    { name: "volume", value: "12345.678", unit: "m3", function: "instantaneous", storage: 0, trust: "clear" },
    { name: "error-flags", value: "0" },
  ]);
});

test("a meter that sends its most significant octet first says the same", () => {
  // Every figure of such a meter would be read from its wrong end.
  const turned = "123456782c2d01072a1000000c13123456780d7c03414243023132";
  const usual = header + volume;
  const [one, other] = [
    telegramOf(encodeWiredFrame(answer(0x76, turned))),
    telegramOf(encodeWiredFrame(answer(0x72, usual))),
  ];
  expect(one.meter.id).toBe(other.meter.id);
  expect(one.values.map(mbusValueJson)[0]).toEqual(other.values.map(mbusValueJson)[0]);
});

test("the fixed structure, both ways round", () => {
  // Old heat meters would not be read at all.
  const usual = telegramOf(encodeWiredFrame(answer(0x73, "785634120a00e97e0100000035010000")));
  const turned = telegramOf(encodeWiredFrame(answer(0x77, "123456780a007ee90000000100000135")));
  for (const telegram of [usual, turned]) {
    expect(telegram.values.map(mbusValueJson)).toMatchObject([
      { name: "volume", value: "0.001", unit: "m3", storage: 0 },
      { name: "volume", value: "0.135", unit: "m3", storage: 1 },
    ]);
    expect(telegram.meter.id).toBe("010000785634120007");
  }
  const [short] = readAll(encodeWiredFrame(answer(0x73, "785634120a00e97e01000000350100")));
  expect(short).toMatchObject({ kind: "error", error: { code: "wrong-length" }, path: "fixed" });
});

test("who answers without a header is known by where he answers", () => {
  // The values would belong to nobody.
  const bytes = encodeWiredFrame(answer(0x78, volume));
  expect(telegramOf(bytes).meter.toString()).toBe("mbus-5");
  const known = telegramOf(encodeWiredFrame(answer(0x72, header + volume))).meter;
  expect(telegramOf(bytes, { meterAt: (a: number) => (a === 5 ? known : undefined) }).meter).toBe(known);
  expect(telegramOf(encodeWiredFrame(answer(0x7a, "2a000000" + volume)))).toMatchObject({ access: 0x2a });
});

test.each([
  [0x70, "08", "application-error", "busy"],
  [0x70, "", "application-error", "unspecified"],
  [0x70, "63", "application-error", "error-99"],
  [0x6f, header + "04", "application-error", "premature-end"],
  [0x6e, "2a00000008", "application-error", "busy"],
  [0x71, "04", "alarm", "04"],
  [0x75, header + "81", "alarm", "81"],
])("the meter reports, CI %i %s", (ci, hex, code, said) => {
  // An alarm would be read as a value, or a busy meter as a broken one.
  const [event] = readAll(encodeWiredFrame(answer(ci, hex)));
  if (event?.kind !== "error" || !(event.error instanceof AnswerError)) throw new Error("a report");
  expect([event.error.code, event.error.said, event.error.blame]).toEqual([code, said, "peer"]);
});

test("a header that is cut and a CI that is none have their place", () => {
  // The log would send people to the wrong byte.
  const events = readAll(
    concatBytes(
      Uint8Array.of(0xff),
      encodeWiredFrame(answer(0x72, header.slice(0, -2))),
      encodeWiredFrame(answer(0x42, "00")),
      encodeWiredFrame(longFrame({ c: 0x09, a: 5, ci: 0x72, data: fromHex(header) })),
    ),
  );
  expect(events.slice(1)).toMatchObject([
    { kind: "error", error: { code: "truncated", where: { offset: 1 + 7 + 11 } } },
    { kind: "error", error: { code: "unknown-tag", where: { path: "CI" } } },
    { kind: "error", error: { code: "unknown-tag", where: { path: "C" } } },
  ]);
});

test("what masters say is no reading", () => {
  // A command overheard would be booked as consumption.
  const said = [
    Uint8Array.of(0xe5),
    encodeWiredFrame({ kind: "short", c: 0x7b, a: 5 }),
    encodeWiredFrame(longFrame({ c: 0x53, a: 5, ci: 0x51, data: fromHex(volume) })),
  ];
  expect(readAll(concatBytes(...said)).map(({ kind }) => kind)).toEqual(["empty", "empty", "empty"]);
});

const address = { manufacturer: numberOfMaker("KAM"), identification: 0x12345678, version: 1, deviceType: 7 };
const keyOctets = fromHex("000102030405060708090a0b0c0d0e0f");

function sealedAnswer(mode: 5 | 7 | 10, counter: number, length = 20) {
  const key = ShortKey.fromBytes(keyOctets);
  const content = concatBytes(fromHex(volume), new Uint8Array(length).fill(0x2f));
  const protect = mode === 5 ? { mode, key } : { mode, key, counter };
  const message = sealMessage({ ci: 0x72, meter: address, access: counter, protect, content });
  return longFrame({ c: 0x08, a: 5, ci: message[0]!, data: message.subarray(1) });
}

test.each([
  [5, "encrypted"],
  [7, "authenticated"],
  [10, "authenticated"],
] as const)("an answer in mode %i goes through the same door as the radio's", (mode, trust) => {
  // A wired meter of a locked bus would be unreadable, or its ciphertext shown as readings.
  const keyring = new Keyring();
  keyring.addKey(address, keyOctets);
  for (const length of [4, 200]) {
    const bytes = encodeWiredFrame(sealedAnswer(mode, 1, length));
    const telegram = telegramOf(bytes, { keyring });
    expect(telegram.values.map(mbusValueJson)).toMatchObject([{ name: "volume", value: "12345.678", trust }]);
    expect(readAll(bytes)).toMatchObject([{ kind: "error", error: { code: "no-key" } }]);
    const stranger = new Keyring();
    stranger.addKey(
      address,
      keyOctets.map((octet) => octet ^ 0x55),
    );
    expect(readAll(bytes, { keyring: stranger })[0]).toMatchObject({ kind: "error" });
  }
});

test("a meter that has to encrypt may not send clear text", () => {
  // Whoever has a clip on the bus would set the meter's readings.
  const bytes = encodeWiredFrame(answer(0x72, header + volume));
  const meter = { manufacturer: 0x2c2d, identification: 0x12345678, version: 1, deviceType: 7 };
  const keyring = new Keyring();
  keyring.setFloor(meter, { minimum: "authenticated" });
  expect(readAll(bytes, { keyring, use: "gateway" })).toMatchObject([{ kind: "error", error: { code: "downgrade" } }]);
  expect(readAll(bytes, { use: "gateway" })).toMatchObject([{ kind: "telegram" }]);
  expect(readAll(bytes, { use: "gateway", floor: { minimum: "encrypted" } })).toMatchObject([
    { kind: "error", error: { code: "downgrade" } },
  ]);
  // A key that was given for it is a floor, too, unless a floor says otherwise.
  const keyed = new Keyring();
  keyed.addKey(meter, keyOctets);
  expect(readAll(bytes, { keyring: keyed, use: "gateway" })).toMatchObject([
    { kind: "error", error: { code: "downgrade" } },
  ]);
  expect(readAll(bytes, { keyring: keyed })).toMatchObject([{ kind: "telegram" }]);
  keyed.setFloor(meter, { minimum: "clear" });
  expect(readAll(bytes, { keyring: keyed, use: "gateway" })).toMatchObject([{ kind: "telegram" }]);
  const fixed = encodeWiredFrame(answer(0x73, "785634120a00e97e0100000035010000"));
  expect(readAll(fixed, { floor: { minimum: "encrypted" } })).toMatchObject([{ error: { code: "downgrade" } }]);
});

test("a configuration word that no mode has is a signature of old", () => {
  // Meters older than encryption would count as encrypted.
  for (const word of ["ffff", "27b6", "0004"]) {
    const old = header.slice(0, -4) + word;
    expect(telegramOf(encodeWiredFrame(answer(0x72, old + volume))).values).toHaveLength(1);
  }
});

test("the telegrams of one readout are one to a master and several to a listener", () => {
  // Half of a meter's values would be missing, or a warning stay that there are more.
  const frames = [answer(0x72, `${header}${volume}1f`), answer(0x72, `${header}0c060000000002fd1700000f`)];
  const now = Instant.ofEpochMs(0);
  const joined = joinedTelegram(frames, new AnswerReader(), now);
  expect(joined?.values.map(({ name }) => name)).toEqual(["volume", "energy", "error-flags"]);
  expect(joined?.warnings.map(({ code }) => code)).not.toContain("more-follows");
  const single = readAll(concatBytes(...frames.map(encodeWiredFrame)));
  expect(single.map(({ kind }) => kind)).toEqual(["telegram", "telegram"]);
  expect(joinedTelegram(frames.slice(0, 1), new AnswerReader(), now)?.warnings.map(({ code }) => code)).toContain(
    "more-follows",
  );
  expect(joinedTelegram([], new AnswerReader(), now)).toBeUndefined();
});

test("whatever the line says, there is an event for it and nothing else", () => {
  // One bad byte from a meter would stop the reading of all others.
  const lines = fc
    .array(
      fc.oneof(
        nastyBytes,
        fc
          .record({ ci: fc.integer({ min: 0, max: 255 }), data: fc.uint8Array({ maxLength: 40 }) })
          .map(({ ci, data }) => encodeWiredFrame(longFrame({ c: 0x08, a: 1, ci, data }))),
        fc
          .tuple(fc.constantFrom(0x72, 0x76, 0x73, 0x77, 0x78, 0x7a, 0x70, 0x90), fc.uint8Array({ maxLength: 40 }))
          .map(([ci, data]) => encodeWiredFrame(longFrame({ c: 0x08, a: 1, ci, data }))),
      ),
      { maxLength: 5 },
    )
    .map((parts) => concatBytes(...parts));
  fc.assert(
    fc.property(lines, fc.array(fc.nat(), { maxLength: 6 }), (line, cuts) => {
      const whole = readAll(line).filter(({ kind }) => kind !== "noise");
      const stream = new MbusStream();
      const cut = [...cutAt(line, cuts).flatMap((chunk) => stream.push(chunk.slice())), ...stream.flush()];
      expect(cut.filter(({ kind }) => kind !== "noise").map(({ kind, offset }) => [kind, offset])).toEqual(
        whole.map(({ kind, offset }) => [kind, offset]),
      );
      // The dump shows every octet once.
      expect(toHex(concatBytes(...annotateWired(line).map(({ bytes }) => bytes)))).toBe(toHex(line));
    }),
    { numRuns: 2_000 },
  );
});

test("a dump names what is there", () => {
  // Who looks for a fault would look at hexadecimal digits alone.
  const line = concatBytes(
    encodeWiredFrame(longFrame({ c: 0x53, a: 253, ci: 0x52, data: fromHex("78563412ffffffff") })),
    Uint8Array.of(0xe5),
    encodeWiredFrame({ kind: "short", c: 0x7b, a: 253 }),
    encodeWiredFrame(answer(0x72, header + volume + "1f")),
    encodeWiredFrame(answer(0x70, "08")),
    Uint8Array.of(0x00, 0x68),
  );
  expect(
    annotateWired(line).map(
      ({ offset, bytes, depth, field, meaning }) =>
        `${offset} ${"  ".repeat(depth)}${field} ${toHex(bytes)} ${meaning}`,
    ),
  ).toMatchSnapshot();
});
