import { MeterSigningKey } from "@siegel/crypto/testing";
import {
  answerFile,
  decodeFile,
  encodeFile,
  type GetListResponse,
  RequestFile,
  signList,
  SmlFramer,
  wrapFile,
} from "@siegel/sml";
import { concatBytes, fromHex } from "@siegel/wire";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type Heard, MeterReader, type Question } from "../src/adapters/meter-reader.ts";
import { importTotal } from "./profiles.ts";
import { seeded } from "./random.ts";
import { meter } from "./telegrams.ts";
import { entry, fileOf, pushFile, TestMeter, totalEntries } from "./test-meter.ts";

const serverId = fromHex(meter);
const stranger = "0a0153474c0005600000";
const push = pushFile(serverId, [entry(importTotal, 30, -1, 12_345)]);
const only = (heard: readonly Heard[]): string =>
  heard.map((one) => (one.kind === "fault" ? one.fault : one.kind)).join();
const reader = (more: Partial<ConstructorParameters<typeof MeterReader>[0]> = {}): MeterReader =>
  new MeterReader({ meters: new Set([meter]), ...more });

let device: TestMeter;
beforeAll(async () => void (device = await TestMeter.start()));
afterAll(() => device.close());

let file = 0;
function question(more: Partial<Question> = {}): { question: Question; answer: Uint8Array } {
  const reqFileId = Uint8Array.of(9, file++);
  const span = { fromMs: Date.now() - 7_200_000, toMs: Date.now() };
  const time = (ms: number) => ({ kind: "timestamp" as const, value: Math.floor(ms / 1000) });
  const asked = new RequestFile({ clientId: Uint8Array.of(1), reqFileId }).getProfilePack({
    path: [fromHex("0100630100ff")],
    from: time(span.fromMs),
    to: time(span.toMs),
  });
  const [event] = new SmlFramer().push(asked.toBytes());
  if (event?.kind !== "file") throw new TypeError("no file");
  const answer = wrapFile(encodeFile(answerFile(decodeFile(event.payload), device)));
  return { question: { messages: asked.messages(), span, meter, ...more }, answer };
}

test("pushes and the answer to a question are told apart on one line", () => {
  // A row of last night would be dated now, or a value of now filed under last night.
  const one = reader();
  const { question: asked, answer } = question();
  one.asked(asked);
  const heard = one.push(concatBytes(push, answer, push));
  expect(only(heard)).toBe("pushed,pushed,answered");
  const [, , answered] = heard;
  expect(answered).toMatchObject({ kind: "answered", result: "answered", meter, question: asked });
  expect(answered?.kind === "answered" && answered.rows.length).toBe(8);
});

test("an answer that nobody waits for any more is none, and no push either", () => {
  // A late answer would be taken for the one to the next question, whose span is another.
  const one = reader();
  const late = question();
  const { question: asked, answer } = question();
  one.asked(late.question);
  one.asked(asked);
  expect(only(one.push(late.answer))).toBe("unasked");
  expect(one.isOpen(asked)).toBe(true);
  expect(only(one.push(answer))).toBe("answered");
  expect(only(one.push(answer))).toBe("unasked");
});

test("an answer of another meter than the one that was asked is refused", () => {
  // On a bus the neighbour's load profile would fill this one's gap.
  const one = reader({ meters: new Set([meter, stranger]) });
  const { question: asked, answer } = question({ meter: stranger });
  one.asked(asked);
  expect(only(one.push(answer))).toBe("unknown-meter");
});

test("a refusal is an answer, too, and says why", () => {
  // The gateway would wait for its time-out instead of trying the other question.
  const one = reader();
  device.answers = "refuses";
  const { question: asked, answer } = question();
  device.answers = "pack";
  one.asked(asked);
  expect(one.push(answer)).toMatchObject([
    { kind: "answered", result: "refused", code: "attribute-not-readable", rows: [] },
  ]);
});

test("another meter is refused; without a list of meters it is the first one that counts", () => {
  // Whoever is plugged in beside the meter would be billed with it.
  const other = pushFile(fromHex(stranger), totalEntries(0));
  expect(only(reader().push(concatBytes(other, push)))).toBe("unknown-meter,pushed");
  expect(only(reader({ meters: undefined }).push(concatBytes(push, other, push)))).toBe("pushed,unknown-meter,pushed");
  const nameless = pushFile(new Uint8Array(0), totalEntries(0));
  expect(only(reader({ meters: undefined }).push(nameless))).toBe("no-meter-id");
});

const key = MeterSigningKey.fromSeed({ curve: "P-192", seed: new Uint8Array(32) });
const otherKey = MeterSigningKey.fromSeed({ curve: "P-192", seed: new Uint8Array(32).fill(1) });
const unsigned: GetListResponse = {
  serverId,
  valList: [
    {
      objName: fromHex("0100011100ff"),
      status: { byteLength: 4, bits: 0x8001_0104 },
      valTime: { kind: "localTimestamp", value: { timestamp: 1_000_000_000, localOffset: 60, seasonTimeOffset: 60 } },
      unit: 30,
      scaler: -1,
      value: { type: "signed", byteLength: 8, value: 3275 },
    },
    {
      objName: fromHex("810060080001"),
      value: { type: "list", value: { kind: "smlTime", value: { kind: "secIndex", value: 0x0102_0304 } } },
    },
    { objName: fromHex("8180817101ff"), value: { type: "unsigned", byteLength: 4, value: 0x21 } },
    {
      objName: fromHex("8182815401ff"),
      valTime: { kind: "localTimestamp", value: { timestamp: 1516, localOffset: 0, seasonTimeOffset: 0 } },
      value: { type: "octets", value: fromHex("3632343837383837") },
    },
  ],
};
const signed = signList(unsigned, key, 1);

test("with a key, a list that it signed is taken with the trust that it earns, value by value", () => {
  // What stands beside signed values would pass for signed.
  const beside = { ...signed, valList: [...signed.valList, entry(importTotal, 30, -1, 99)] };
  const heard = reader({ key: key.publicKey }).push(fileOf(serverId, [beside]));
  expect(only(heard)).toBe("pushed");
  const [first] = heard;
  if (first?.kind !== "pushed") throw new TypeError("not pushed");
  expect(first.telegram.values.map(({ trust }) => trust)).not.toContain("clear");
  expect(first.telegram.values.map(({ obis }) => String(obis))).toContain("1-0:1.17.0*255");
  expect(first.telegram.values.map(({ obis }) => String(obis))).not.toContain(importTotal);
});

test("with a key, a list without signature, of another key or with another value is refused", () => {
  // Whoever reaches the line could write any register.
  const one = (): MeterReader => reader({ key: key.publicKey });
  expect(only(one().push(push))).toBe("not-signed");
  expect(only(one().push(fileOf(serverId, [signList(unsigned, otherKey, 1)])))).toBe("bad-signature");
  const [first, ...rest] = signed.valList;
  const changed: GetListResponse = {
    ...signed,
    valList: [{ ...first!, value: { type: "signed", byteLength: 8, value: 3276 } }, ...rest],
  };
  expect(only(one().push(fileOf(serverId, [changed])))).toBe("bad-signature");
  expect(one().mayAsk).toBe(false);
  expect(reader().mayAsk).toBe(true);
});

test("every prefix, every flipped byte and noise give faults or values, and the next push is read", () => {
  // One bad byte at the optical head would end the readings.
  const random = seeded(7);
  for (let cut = 1; cut < push.length; cut++) {
    const one = reader();
    one.push(push.slice(0, cut));
    const heard = [...one.push(push.slice()), ...one.push(push.slice()), ...one.flush()];
    expect(only(heard)).toContain("pushed");
  }
  for (let at = 0; at < push.length; at++) {
    const one = reader();
    const bent = push.slice();
    bent[at]! ^= 1 << random.below(8);
    const heard = [...one.push(bent), ...one.push(push.slice()), ...one.push(push.slice())];
    expect(only(heard)).toContain("pushed");
  }
  const one = reader();
  for (let round = 0; round < 200; round++) {
    one.push(
      Uint8Array.from(
        { length: random.below(400) },
        () => [0x1b, 0x1a, 0x01, 0x76, random.below(256)][random.below(5)]!,
      ),
    );
  }
  expect(only([...one.push(push.slice()), ...one.push(push.slice())])).toContain("pushed");
});
