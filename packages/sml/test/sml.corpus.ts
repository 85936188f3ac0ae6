/** Telegrams of real meters beside the checkout: what is in them, both ways, and whose signature holds. */

import { MeterPublicKey } from "@siegel/crypto";
import { fromHex, toHex } from "@siegel/wire";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { corpusCases } from "../../../scripts/corpus.ts";
import { type FrameEvent, SmlFramer } from "../src/framing/framer.ts";
import { wrapFile } from "../src/framing/wrap.ts";
import { type GetListResponse } from "../src/messages/bodies.ts";
import { type ListEntry } from "../src/messages/entries.ts";
import { decodeFile, encodeFile, type SmlFile } from "../src/messages/file.ts";
import { type SmlMessage } from "../src/messages/message.ts";
import { SignedByMeter } from "../src/signature/verify.ts";

/** `expected.json`: one record a capture. */
interface Expected {
  readonly goodFiles: number;
  readonly badFiles: number;
  readonly truncated: number;
  readonly serverId: string | null;
  readonly listName?: string | null;
  readonly listSignature?: string;
  readonly first: readonly ExpectedEntry[] | null;
}
interface ExpectedEntry {
  readonly obis: string;
  readonly status?: string;
  readonly unit?: number;
  readonly scaler?: number;
  readonly raw?: string;
  readonly type?: string;
  readonly hex?: string | null;
  readonly list?: boolean;
  readonly sig?: string;
}

corpusCases(
  {
    folder: "sml",
    count: 33,
    cases: (path) => {
      const all = JSON.parse(readFileSync(join(path, "expected.json"), "utf8")) as Record<string, Expected>; // as documented there
      return Object.entries(all).map(([file, expected]) => ({ file, path: join(path, "..", file), expected }));
    },
    nameOf: ({ file }) => file,
  },
  ({ path, expected }) => {
    // A meter that people have at home would be misread, or a damaged telegram of it pass unseen.
    const { good, damaged } = read(path);
    expect({
      goodFiles: good.length,
      badFiles: damaged.filter((code) => code !== "truncated").length,
      truncated: damaged.filter((code) => code === "truncated").length,
    }).toEqual({ goodFiles: expected.goodFiles, badFiles: expected.badFiles, truncated: expected.truncated });
    for (const { line, payload, file } of good) {
      expect(file.errors).toEqual([]);
      expect(toHex(encodeFile(file.messages, file.style))).toBe(toHex(payload));
      expect(toHex(wrapFile(payload))).toBe(toHex(line));
    }
    const list = good[0] === undefined ? undefined : listOf(good[0].file);
    if (list === undefined) {
      expect(expected.first).toBeNull();
      return;
    }
    expect(toHex(list.serverId)).toBe(expected.serverId);
    expect(list.listName === undefined ? null : toHex(list.listName)).toBe(expected.listName);
    expect(list.listSignature && toHex(list.listSignature)).toBe(expected.listSignature);
    expect(list.valList.map(asExpected)).toEqual(expected.first);
  },
);

/** `index.json`: file and key. The third has a changed object code and keeps its checksum, the fourth's key is no point. */
interface Signed {
  readonly file: string;
  readonly publicKey: string;
}

corpusCases(
  {
    folder: "sml-signed",
    count: 8,
    cases: (path) => {
      const all = JSON.parse(readFileSync(join(path, "index.json"), "utf8")) as readonly Signed[]; // as documented there
      return all.map((one) => ({ ...one, path: join(path, one.file) }));
    },
    nameOf: ({ file }) => file,
  },
  ({ file, path, publicKey }) => {
    // A genuine reading would count as forged, or a forged one as genuine.
    const { good, damaged } = read(path);
    if (file === "signed-03.bin") {
      expect([good.length, damaged]).toEqual([0, ["bad-checksum"]]);
      return;
    }
    if (file === "signed-04.bin") {
      expect(() => MeterPublicKey.parse(fromHex(publicKey))).toThrow(expect.objectContaining({ code: "not-on-curve" }));
      return;
    }
    const key = MeterPublicKey.parse(fromHex(publicKey));
    const messages = good[0]!.file.messages;
    const evidence = SignedByMeter.verify(listOf(good[0]!.file)!, key);
    const covered = evidence.response.valList.filter((entry) => evidence.covers(entry));
    expect(covered.length).toBeGreaterThanOrEqual(4);
    const numbers = covered.filter(({ value }) => value?.type === "signed" || value?.type === "unsigned");
    expect(numbers.length).toBeGreaterThanOrEqual(2);
    for (const entry of numbers) {
      const line = wrapFile(encodeFile(withOneMore(messages, entry), good[0]!.file.style));
      const changed = listOf(decodeFile(payloadOf(line), { strict: true }))!;
      expect(() => SignedByMeter.verify(changed, key)).toThrow(expect.objectContaining({ code: "signature-mismatch" }));
    }
  },
);

interface Good {
  /** As it was on the line. */
  readonly line: Uint8Array;
  readonly payload: Uint8Array;
  readonly file: SmlFile;
}

function read(path: string): { good: Good[]; damaged: string[] } {
  const bytes = new Uint8Array(readFileSync(path));
  const events = feed(bytes);
  return {
    good: events.flatMap((event) => {
      if (event.kind !== "file") return [];
      const line = bytes.subarray(event.offset, event.offset + event.byteLength);
      return [{ line, payload: event.payload, file: decodeFile(event.payload) }];
    }),
    damaged: events.flatMap((event) => (event.kind === "damaged" ? [event.error.code] : [])),
  };
}

function feed(bytes: Uint8Array): FrameEvent[] {
  const framer = new SmlFramer();
  return [...framer.push(bytes), ...framer.flush()];
}

function payloadOf(line: Uint8Array): Uint8Array {
  const [event] = feed(line);
  if (event?.kind !== "file") throw new Error("a file was written");
  return event.payload;
}

function listOf(file: SmlFile): GetListResponse | undefined {
  return file.messages.flatMap(({ body }) => (body.kind === "GetListResponse" ? [body.value] : []))[0];
}

/** The same messages with this entry's value one higher. */
function withOneMore(messages: readonly SmlMessage[], entry: ListEntry): SmlMessage[] {
  return messages.map((message) => {
    const { body } = message;
    if (body.kind !== "GetListResponse") return message;
    const valList = body.value.valList.map((line) => {
      if (line !== entry || (line.value?.type !== "signed" && line.value?.type !== "unsigned")) return line;
      return { ...line, value: { ...line.value, value: BigInt(line.value.value) + 1n } };
    });
    return { ...message, body: { kind: body.kind, value: { ...body.value, valList } } };
  });
}

function asExpected({ objName, status, unit, scaler, value, valueSignature }: ListEntry): ExpectedEntry {
  const [a, b, c, d, e, f] = objName;
  return {
    obis: `${a}-${b}:${c}.${d}.${e}*${f}`,
    ...(status === undefined ? {} : { status: `0x${status.bits.toString(16)}` }),
    ...(unit === undefined ? {} : { unit }),
    ...(scaler === undefined ? {} : { scaler }),
    ...(valueSignature === undefined ? {} : { sig: toHex(valueSignature) }),
    ...expectedValue(value),
  };
}

function expectedValue(value: ListEntry["value"]): Partial<ExpectedEntry> {
  switch (value?.type) {
    case undefined:
      return { hex: null };
    case "list":
      return { list: true };
    case "boolean":
      return { raw: String(value.value), type: "bool" };
    case "octets":
      return { hex: toHex(value.value) };
    case "signed":
    case "unsigned": {
      const type = `${value.type === "signed" ? "int" : "uint"}${value.byteLength * 8}`;
      return { raw: String(value.value), type };
    }
  }
}
