/**
 * BMETERS: what Hydrodigit puts behind DIF 0F, and the old RFM-TX1 with its readings outside of any record.
 *
 * Source: places from public telegrams with public readings; the voltages of the battery and the order of the dates of fraud and
 * leak from memory.
 */

import { readBcd } from "../../records/numbers.ts";
import type { Decoded, DecoderInput } from "../decoder.ts";
import type { FoundValue } from "../value.ts";
import { calendar, numberAt, u24, u32 } from "./found.ts";

/** A list of what follows (bits), then the parts in the order of their bits. */
export function hydrodigit({ records }: DecoderInput): Decoded | undefined {
  const { bytes, offset } = records.manufacturerData ?? {};
  if (bytes === undefined || offset === undefined || bytes.length < 1) return undefined;
  const parts = bytes[0]!;
  const values: FoundValue[] = [];
  let at = 1;
  const take = (length: number): number | undefined => {
    const start = at;
    at += length;
    return at <= bytes.length ? start : undefined;
  };
  if ((parts & 0x01) !== 0) {
    const start = take(1);
    if (start !== undefined) {
      values.push(numberAt([offset + start, 1], "battery-voltage", centivolts[bytes[start]!] ?? 370, -2, "V"));
    }
  }
  if ((parts & 0x02) !== 0) take(4);
  if ((parts & 0x08) !== 0) take(3);
  if ((parts & 0x04) !== 0) {
    const start = take(4);
    if (start !== undefined) values.push(numberAt([offset + start, 4], "volume-backward", u32(bytes, start), -3, "m3"));
  }
  // Bit 4 up to version 13, bit 7 in version 17.
  if ((parts & 0x90) !== 0) {
    for (const month of months) {
      const start = take(3);
      if (start === undefined) break;
      values.push(numberAt([offset + start, 3], `volume-${month}`, u24(bytes, start), -2, "m3"));
    }
  }
  return { values };
}

/**
 * RFM-TX1, configuration words 0610 and 0510 (no mode of the standard): total in BCD, hidden under 0610 by a table that the
 * access number chooses a row of; clock; readings of past months in clear.
 *
 * Of the table one row could be found; telegrams of other rows give clock and months only.
 */
export function rfmTx1({ frame }: DecoderInput): Decoded | undefined {
  if (frame === undefined || frame.length < 34 || frame[13] !== 0x06 || frame[14] !== 0x10) return undefined;
  const base = 11;
  const values: FoundValue[] = [];
  const row = hidingRows[frame[11]! & 0x0f];
  if (row !== undefined) {
    const digits = Uint8Array.from({ length: 6 }, (_, index) => frame[15 + index]! ^ row[index]!);
    const total = readBcd(digits, 0, 6);
    if (total !== undefined) values.push(numberAt([15 - base, 6], "volume", total, -3, "m3"));
  }
  const [second, minute, hour, day, month, year] = Array.from({ length: 6 }, (_, index) =>
    readBcd(frame, 28 + index, 1),
  );
  const date = calendar(2000 + Number(year), Number(month), Number(day));
  if (date !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60) {
    const clock = { ...date, type: "F" as const, hour: Number(hour), minute: Number(minute) };
    values.push({ name: "date-time", value: { kind: "date", date: clock }, from: 28 - base, to: 34 - base });
  }
  for (let index = 0; 37 + 3 * index <= frame.length && index < 12; index++) {
    const at = 34 + 3 * index;
    values.push(numberAt([at - base, 3], "volume", u24(frame, at), -2, "m3", { storage: index + 1 }));
  }
  return { values };
}

/** Allocators of BFW (240 radio): readings of eighteen months, two in three octets, the newest last. */
export function bfw240({ content }: DecoderInput): Decoded | undefined {
  if (content.length < 40 || content[0] !== 0x2f || content[1] !== 0x2f) return undefined;
  const values = [
    numberAt([6, 2], "hca", (content[6]! << 8) | content[7]!),
    numberAt([4, 2], "hca", (content[4]! << 8) | content[5]!, 0, undefined, { storage: 1 }),
  ];
  for (let pair = 0; pair < 9; pair++) {
    const at = 34 - 3 * pair;
    const middle = content[at + 1]!;
    const newer = ((middle & 0x0f) << 8) | content[at + 2]!;
    const older = ((middle >> 4) << 8) | content[at]!;
    values.push(numberAt([at, 3], "hca", newer, 0, undefined, { storage: 2 + 2 * pair }));
    values.push(numberAt([at, 3], "hca", older, 0, undefined, { storage: 3 + 2 * pair }));
  }
  const [day, month, year] = [37, 38, 39].map((at) => Number(readBcd(content, at, 1)));
  const date = calendar(2000 + year!, month!, day!);
  if (date !== undefined) values.push({ name: "date", value: { kind: "date", date }, from: 37, to: 40 });
  return { values, replacesRecords: true };
}

/** Battery of Hydrodigit in hundredths of a volt; every other number is 3.7 V. */
const centivolts: Readonly<Record<number, number>> = {
  1: 190,
  2: 210,
  3: 220,
  4: 230,
  5: 240,
  6: 250,
  7: 265,
  8: 280,
  9: 290,
  10: 305,
  11: 320,
  12: 335,
  13: 350,
};
const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const hidingRows: Readonly<Record<number, readonly number[]>> = { 5: [0x71, 0x90, 0xef, 0x81, 0x84, 0xab] };
