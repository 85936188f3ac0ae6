/**
 * SML under changed input: from the line to telegrams and back.
 *
 * Beyond "a value or one of our errors" it holds ways to the same result against each other: the line cut and uncut, the
 * hot path and the declared reader, what was read and what is read after writing it. A changed input hardly ever has
 * its checksums right, so it is read once more with them made anew, where it can hurt.
 */

import { concatBytes, DecodeError, fromHex } from "@siegel/wire";
import type { FuzzTarget } from "../../../scripts/fuzz/types.ts";
import { type FrameEvent, SmlFramer } from "../src/framing/framer.ts";
import { wrapFile } from "../src/framing/wrap.ts";
import { decodeFile, encodeFile, type FileOptions, type SmlFile } from "../src/messages/file.ts";
import { signList } from "../src/signature/sign.ts";
import { type SignatureVerifier } from "../src/signature/verify.ts";
import { SmlStream, type StreamOptions } from "../src/stream.ts";
import { skipElements } from "../src/tlv/generic.ts";
import { SmlReader, tlvType } from "../src/tlv/reader.ts";
import { pushed, resealed } from "../test/build.ts";
import { plain } from "../test/plain.ts";
import { quirks } from "../test/quirks.ts";
import { signable } from "../test/signed-lists.ts";

export const target: FuzzTarget = {
  name: "sml",
  seeds: () => {
    const each = quirks().map(({ file }) => file);
    return [
      ...each,
      ...signedFiles(),
      concatBytes(...each.slice(0, 4)),
      concatBytes(each[0]!.subarray(0, -9), each[1]!),
    ];
  },
  dictionary: [
    "1b1b1b1b",
    "1b1b1b1b01010101",
    "1b1b1b1b02020202",
    "1b1b1b1b1a00",
    "01",
    "00",
    "76",
    "77",
    "726201",
    "7262016500000000",
    "72630701",
    "f1808080",
    "8f8f8f0f",
    "8002",
    "7173",
    "59ffffffffffffffff",
  ].map(fromHex),
  run(bytes) {
    readLine(bytes);
    const payload = bytes.subarray(startBytes);
    readPayload(payload);
    const whole = withChecksums(payload);
    readPayload(whole);
    readLine(wrapFile(whole));
  },
};

/** The line uncut, and cut in two places that depend on the bytes: the same files, the same damage. */
function readLine(bytes: Uint8Array): void {
  const events = feed([bytes]);
  const first = bytes.length === 0 ? 0 : (bytes[bytes.length >> 1]! * 7) % bytes.length;
  const second = first + ((bytes.length - first) >> 1);
  const cut = feed([bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)]);
  same("cut and uncut", filesAndDamage(cut), filesAndDamage(events));
  const told = events.reduce((sum, { byteLength }) => sum + byteLength, 0);
  same("bytes told and bytes there", String(told), String(bytes.length));
  for (const event of events) if (event.kind === "file") readPayload(event.payload);
  for (const options of streamOptions) {
    const stream = new SmlStream(options);
    stream.push(bytes.slice());
    stream.flush();
  }
}

function readPayload(payload: Uint8Array): void {
  for (const strict of [false, true]) {
    const hot = outcome(payload, { strict });
    same("hot path and declared reader", hot.text, outcome(payload, { strict, observer: silent }).text);
    if (hot.file === undefined) continue;
    const again = decodeFile(encodeFile(hot.file.messages, hot.file.style));
    same("read, and read after writing", plain(again.messages), plain(hot.file.messages));
    same("errors of what was written", plain(again.errors), "[]");
  }
}

function outcome(payload: Uint8Array, options: FileOptions): { file?: SmlFile; text: string } {
  try {
    const file = decodeFile(payload, options);
    const { messages, errors, deviations, style } = file;
    const places = errors.map(({ code, where }) => [code, where]);
    return { file, text: plain([messages, places, deviations, style]) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { text: plain([error.code, error.where]) };
  }
}

/** The messages, as far as their grammar holds, each with its checksum made anew. */
function withChecksums(payload: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const reader = new SmlReader(payload);
  try {
    while (reader.remaining > 0) {
      const start = reader.at;
      reader.expect(tlvType.list);
      skipElements(reader, 4);
      const end = reader.at;
      skipElements(reader, 1);
      reader.u8();
      parts.push(resealed(concatBytes(payload.subarray(start, end), new Uint8Array(4))));
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return concatBytes(...parts);
}

function feed(chunks: readonly Uint8Array[]): FrameEvent[] {
  const framer = new SmlFramer();
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.flush()];
}

function filesAndDamage(events: readonly FrameEvent[]): string {
  return plain(
    events.flatMap((event) => {
      if (event.kind === "noise") return [];
      const { kind, offset, byteLength } = event;
      return [[kind, offset, byteLength, kind === "file" ? event.payload : event.error.where]];
    }),
  );
}

function same(what: string, one: string, other: string): void {
  if (one !== other) throw new Error(`${what} differ:\n${one}\n${other}`);
}

function signedFiles(): Uint8Array[] {
  return Object.values(signable).map((list) => {
    const curve = list === signable.EDL40 ? "P-192" : "P-256";
    const sign = () => new Uint8Array(curve === "P-192" ? 48 : 64).fill(0x33);
    return pushed(signList(list, { curve, sign }, 1));
  });
}

/** Accepts every signature, so that what stands behind the check is reached. */
const anySignature = (curve: SignatureVerifier["curve"]): SignatureVerifier => ({ curve, verify: () => true });
const streamOptions: readonly StreamOptions[] = [
  {},
  { strict: true },
  { key: anySignature("P-192") },
  { key: anySignature("P-256"), strict: true },
];
const silent = { begin: () => undefined, end: () => undefined };
const startBytes = 8;
