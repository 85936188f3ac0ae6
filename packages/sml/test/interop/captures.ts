/**
 * Captures for readers that do not know integers of five bytes: a household's list, and what meters in the field do
 * otherwise, each with integers that such readers know.
 */

import { concatBytes, fromHex } from "@siegel/wire";
import { SmlFramer } from "../../src/framing/framer.ts";
import { wrapFile } from "../../src/framing/wrap.ts";
import type { GetListResponse } from "../../src/messages/bodies.ts";
import { decodeFile, encodeFile, type SmlFile } from "../../src/messages/file.ts";
import { encodedMessages, energy, entry, list, power, push, pushed, reframed, resealed } from "../build.ts";
import { quirks } from "../quirks.ts";
import { ascii } from "./bodies.ts";

export interface Capture {
  readonly name: string;
  /** One file on the line. */
  readonly file: Uint8Array;
}

/** Import and export with two tariffs, power of three phases, voltage, current, frequency, names: what PIN-free lists hold. */
const household: GetListResponse = list([
  entry("8181c78203ff", { value: { type: "octets", value: ascii("XYZ") } }),
  entry("0100600100ff", { value: { type: "octets", value: fromHex("0a0158595a0000001001") } }),
  energy(23_536_569, 8),
  energy(12_345, 4, { objName: fromHex("0100010801ff") }),
  energy(0, 1, { objName: fromHex("0100010802ff") }),
  energy(4_294_967_295, 4, { objName: fromHex("0100020800ff"), scaler: -4 }),
  power(-123_456, 4),
  power(21_400, 4, { objName: fromHex("0100240700ff") }),
  power(-300, 2, { objName: fromHex("0100380700ff") }),
  power(-1, 1, { objName: fromHex("01004c0700ff") }),
  entry("0100200700ff", { unit: 35, scaler: -1, value: { type: "unsigned", byteLength: 2, value: 2304 } }),
  entry("01001f0700ff", { unit: 33, scaler: -2, value: { type: "unsigned", byteLength: 3, value: 70_000 } }),
  entry("01000e0700ff", { unit: 44, scaler: -3, value: { type: "unsigned", byteLength: 2, value: 50_012 } }),
]);

export function captures(): readonly Capture[] {
  const plainList = list([energy(7, 4)]);
  const kermit = encodedMessages(push(plainList)).map((encoded) => resealed(encoded, "kermit"));
  const [first, second, third] = encodedMessages(push(plainList));
  return [
    { name: "household", file: pushed(household) },
    { name: "household, body tags of four bytes", file: pushed(household, { bodyTagBytes: 4 }) },
    ...quirks().flatMap(({ name, file }) => (lostByRewriting.test(name) ? [] : [{ name, file: widened(file) }])),
    { name: "Kermit in the messages", file: wrapFile(concatBytes(...kermit)) },
    { name: "Kermit in the transport", file: reframed(pushed(plainList), "kermit") },
    { name: "zeros between messages", file: wrapFile(concatBytes(first!, second!, Uint8Array.of(0, 0), third!)) },
    ...[5, 6, 7].map((width) => ({ name: `unsigned of ${width} bytes`, file: pushed(list([energy(7, width)])) })),
    ...[5, 6, 7].map((width) => ({ name: `signed of ${width} bytes`, file: pushed(list([power(-7, width)])) })),
  ];
}

/** The messages of one file on the line. */
export function readByUs(bytes: Uint8Array): SmlFile {
  const frames = new SmlFramer().push(bytes).flatMap((event) => (event.kind === "file" ? [event] : []));
  return decodeFile(frames[0]!.payload);
}

/** The same messages written with integers of eight bytes instead of five, six or seven. */
function widened(file: Uint8Array): Uint8Array {
  const { messages, style } = readByUs(file);
  const wide = messages.map((one) => {
    if (one.body.kind !== "GetListResponse") return one;
    const valList = one.body.value.valList.map((line) => {
      const { value } = line;
      const odd = (value?.type === "unsigned" || value?.type === "signed") && value.byteLength > 4;
      return odd ? { ...line, value: { ...value, byteLength: 8 } } : line;
    });
    return { ...one, body: { ...one.body, value: { ...one.body.value, valList } } };
  });
  return wrapFile(encodeFile(wide, style));
}

/** Written below by hand, or lost with the message that is written anew. */
const lostByRewriting = /^integers of [567]|Kermit|zeros|another tag/;
