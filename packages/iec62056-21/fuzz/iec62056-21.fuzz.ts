/**
 * D0 and P1 under changed input: from the line to telegrams and back.
 *
 * Beyond "a value or one of our errors" it holds ways to the same result against each other: the line cut and uncut, data
 * read and read after writing, every byte in one line of the dump. Sessions take the bytes, too, in each of their modes.
 */

import { concatBytes, EncodeError } from "@siegel/wire";
import { SecretKey } from "@siegel/crypto";
import type { FuzzTarget } from "../../../scripts/fuzz/types.ts";
import { looksLikeD0, looksLikeP1 } from "../src/detect.ts";
import { annotateD0, annotateP1, type DumpLine } from "../src/dump/annotate.ts";
import { blockMessage, commandMessage, identificationMessage, requestMessage } from "../src/framing/frames.ts";
import { parseIdentification } from "../src/framing/identification.ts";
import { withEvenParity } from "../src/framing/parity.ts";
import { decodeData, encodeData } from "../src/messages/data-set.ts";
import { encodeP1 } from "../src/p1/encode.ts";
import { sealTelegram } from "../src/p1/encrypted.ts";
import { P1Framer } from "../src/p1/framer.ts";
import { readObjects } from "../src/p1/objects.ts";
import { P1Stream, type P1StreamEvent } from "../src/p1/stream.ts";
import { MeterSession } from "../src/server/meter.ts";
import { ReaderSession } from "../src/session/reader.ts";
import { D0Stream, type D0StreamEvent } from "../src/stream.ts";
import { dsmr3, dsmr5, fluvius, octets } from "../test/telegrams.ts";

const key = { encryption: SecretKey.fromBytes(new Uint8Array(16).fill(7)) };
const identification = parseIdentification("/SGL5\\2VIRTUAL")!;
const readOut = blockMessage("F.F(00)\r\n1.8.0(000285.4*kWh)\r\n9.4(088*C&082*C)6.8*01(1*MWh)\r\n!\r\n");

export const target: FuzzTarget = {
  name: "iec62056-21",
  maxBytes: 8_192,
  seeds: () => [
    encodeP1(dsmr5),
    encodeP1(fluvius, "x25"),
    dsmr3,
    withEvenParity(dsmr3),
    sealTelegram(encodeP1(dsmr5), { key, systemTitle: octets("SGL00001"), counter: 5 }),
    concatBytes(requestMessage(), identificationMessage(identification), octets("\u0006050\r\n"), readOut),
    concatBytes(
      commandMessage({ letter: "P", digit: "0", data: "(1234)" }),
      commandMessage({ letter: "P", digit: "1", data: "(0000)" }),
      commandMessage({ letter: "R", digit: "3", data: "P.01(1)" }),
      blockMessage("P.01(25112500)", true),
      blockMessage("(0.123)"),
      commandMessage({ letter: "B", digit: "0", data: undefined }),
    ),
    octets("/EMH5----eHZ-X\r\n\r\n1-0:0.0.0*255(12345)\r\n1-0:1.8.1*255(032942.0231)\r\n!\r\n"),
    withEvenParity(readOut),
  ],
  dictionary: [
    "/",
    "/?!\r\n",
    "\u0002",
    "\u0003",
    "\u0004",
    "\u0001",
    "\u0006",
    "\u0015",
    "!",
    "\r\n",
    "(",
    ")",
    "*",
    "&",
    "/SGL5",
    "\u00db\u0008",
    "1-0:1.8.0",
    "0-1:24.3.0",
  ].map(octets),
  run(bytes) {
    readD0(bytes);
    readP1(bytes);
    readAgain(bytes);
    looksLikeD0(bytes);
    looksLikeP1(bytes);
    whole("D0", annotateD0(bytes), bytes.length);
    whole("P1", annotateP1(bytes), bytes.length);
    takePart(bytes);
  },
};

function readD0(bytes: Uint8Array): void {
  for (const strict of [false, true]) {
    const feed = (chunks: readonly Uint8Array[]): string => {
      const stream = new D0Stream({ strict });
      return told([...chunks.flatMap((chunk) => stream.push(chunk)), ...stream.flush()]);
    };
    same("D0, cut and uncut", feed(cutUp(bytes)), feed([bytes.slice()]));
  }
}

function readP1(bytes: Uint8Array): void {
  for (const strict of [false, true]) {
    const feed = (chunks: readonly Uint8Array[]): string => {
      const stream = new P1Stream({ strict, keys: () => ({ ...key, withoutTag: true }) });
      return told([...chunks.flatMap((chunk) => stream.push(chunk)), ...stream.flush()]);
    };
    same("P1, cut and uncut", feed(cutUp(bytes)), feed([bytes.slice()]));
  }
  for (const event of new P1Framer().push(bytes.slice())) {
    if (event.kind !== "telegram") continue;
    for (const { groups, groupCount, id, text } of readObjects(event.bytes, 0, event.mark).objects) {
      if (groups.length !== groupCount || !event.bytes.length)
        throw new Error(`${groupCount} groups: ${groups.length}, ${id} ${text}`);
    }
  }
}

/** Data that were read and can be written are read the same again. */
function readAgain(bytes: Uint8Array): void {
  const read = decodeData(bytes);
  let written: Uint8Array;
  try {
    written = encodeData(read.lines);
  } catch (error) {
    if (error instanceof EncodeError) return;
    throw error;
  }
  const plain = (data: typeof read) => JSON.stringify(data.lines.flat().map(({ id, groups }) => [id, groups]));
  // Groups without an id, left over from a damaged line, join the object before them once they stand behind it.
  if (read.lines.flat().every(({ id }) => id !== ""))
    same("data, and data written again", plain(decodeData(written)), plain(read));
}

function takePart(bytes: Uint8Array): void {
  for (const mode of ["read-out", "programming", "binary"] as const) {
    const reader = new ReaderSession({ mode });
    reader.step({ on: "start" });
    for (const chunk of cutUp(bytes)) {
      reader.step({ on: "bytes", bytes: chunk });
      reader.step({ on: "sent" });
    }
    reader.step({ on: "timeout" });
  }
  const meter = new MeterSession({
    identification,
    address: "",
    readOut: () => [[{ id: "1.8.0", groups: ["1*kWh"] }]],
    read: ({ id }) => (id === "" ? undefined : [{ id: "1.8.0", groups: ["1"] }]),
    write: () => true,
    execute: () => false,
    seed: () => "1",
    isPassword: (password) => password === "0000",
  });
  meter.step({ on: "bytes", bytes: octets("/?!\r\n\u0006051\r\n") });
  for (const chunk of cutUp(bytes)) meter.step({ on: "bytes", bytes: chunk });
  meter.step({ on: "timeout" });
}

/** Three pieces, at places that depend on the bytes. */
function cutUp(bytes: Uint8Array): Uint8Array[] {
  const first = bytes.length === 0 ? 0 : (bytes[bytes.length >> 1]! * 7) % bytes.length;
  const second = first + ((bytes.length - first) >> 1);
  return [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)];
}

function told(events: readonly (D0StreamEvent | P1StreamEvent)[]): string {
  return JSON.stringify(
    events.flatMap((event): unknown[] => {
      if (event.kind === "noise") return [];
      if (event.kind === "error") return [[event.offset, event.error.code, event.path]];
      if (event.kind === "empty") return [];
      const { telegram, offset } = event;
      const values = telegram.values.map(({ id, index, text, reading, trust }) => [
        id,
        index,
        text,
        reading?.kind === "number"
          ? [reading.value, reading.unit?.symbol]
          : reading?.kind === "text"
            ? reading.value
            : null,
        trust,
      ]);
      return [
        [offset, telegram.header, telegram.at, telegram.meter, telegram.warnings.map(({ code }) => code), values],
      ];
    }),
  );
}

function whole(what: string, lines: readonly DumpLine[], byteLength: number): void {
  let at = 0;
  for (const { offset, bytes } of lines) {
    if (offset !== at) throw new Error(`the dump of ${what} leaves a gap at ${at}`);
    at += bytes.length;
  }
  if (at !== byteLength) throw new Error(`the dump of ${what} ends at ${at} of ${byteLength}`);
}

function same(what: string, one: string, other: string): void {
  if (one !== other) throw new Error(`${what} differ:\n${one}\n${other}`);
}
