/**
 * Techem's own form (CI A0 to A3): two readings, that of the last due date and the growth since then, with packed dates.
 *
 * In: the octets behind CI.  Out: values; storage 1 is the due date, and the sum of both is the total where one is shown.
 * Layout: status, due date (G-like: 7 bits year, 4 month, 5 day), reading 16 bits, today's day and month, growth 16 bits,
 * then what depends on the kind. Low octet first.
 * Source: places from public telegrams with public readings.
 */

import type { Decoded, Decoder, DecoderInput } from "../decoder.ts";
import { calendar, dateAt, type More, numberAt, u16 } from "./found.ts";
import type { FoundValue } from "../value.ts";

interface Kind {
  readonly name: string;
  readonly unit?: string;
  readonly exponent: number;
  /** A counter that goes on over due dates: the sum of both is shown on its display. */
  readonly isTotal: boolean;
}

/** Radio heat cost allocators: the growth is what their display shows. Temperatures follow, one octet later in version 94. */
export const techemAllocator: Decoder = (input) => {
  const values = readings(input, { name: "hca", exponent: 0, isTotal: false });
  if (values === undefined) return undefined;
  const { content, address } = input;
  const at = address.version === 0x94 ? 10 : 9;
  if (content.length >= at + 4) {
    values.push(numberAt([at, 2], "room-temperature", u16(content, at), -2, "°C"));
    values.push(numberAt([at + 2, 2], "radiator-temperature", u16(content, at + 2), -2, "°C"));
  }
  return { values };
};

/** Radio water meters (mk radio): tenths of m3. */
export const techemWater: Decoder = (input) => {
  const values = readings(input, { name: "volume", unit: "m3", exponent: -1, isTotal: true });
  return values === undefined ? undefined : { values };
};

/** Heat meters compact V and their like: kWh, no day that is understood. */
export const techemHeat: Decoder = (input) => heat(input, { name: "energy", unit: "Wh", exponent: 3, isTotal: true });

/** Heat meters vario 4.5.1: MJ. */
export const techemHeatJoule: Decoder = (input) =>
  heat(input, { name: "energy", unit: "J", exponent: 6, isTotal: true });

/** Smoke detectors: status and the date of the last test or alarm. */
export const techemSmoke: Decoder = ({ content }) => {
  if (content.length < 3) return undefined;
  const status = content[0]!;
  const states = (status & 1) === 1 ? ["smoke"] : [];
  return {
    values: [
      numberAt([0, 1], "error-flags", status, 0, undefined, { states }),
      ...dateAt([1, 2], "date", packedDate(u16(content, 1)), { storage: 1 }),
    ],
    states,
  };
};

function heat(input: DecoderInput, kind: Kind): Decoded | undefined {
  const values = readings(input, kind)?.filter(({ value, storage }) => value.kind !== "date" || storage === 1);
  return values === undefined ? undefined : { values };
}

function readings({ content }: DecoderInput, kind: Kind): FoundValue[] | undefined {
  if (content.length < 9) return undefined;
  const dueDate = packedDate(u16(content, 1));
  const before = u16(content, 3);
  const since = u16(content, 7);
  const { name, unit, exponent, isTotal } = kind;
  const due: More = { storage: 1, ...(dueDate === undefined ? {} : { date: dueDate }) };
  return [
    ...(isTotal
      ? [
          numberAt([3, 6], name, before + since, exponent, unit),
          numberAt([7, 2], `${name}-since-due-date`, since, exponent, unit),
        ]
      : [numberAt([7, 2], name, since, exponent, unit)]),
    numberAt([3, 2], name, before, exponent, unit, due),
    ...dateAt([1, 2], "date", dueDate, { storage: 1 }),
    ...dateAt([5, 2], "date", today(u16(content, 5), dueDate?.year)),
  ];
}

function packedDate(word: number): ReturnType<typeof calendar> {
  return calendar(2000 + (word >> 9), (word >> 5) & 0x0f, word & 0x1f);
}

/** Month and day; the year is that of the due date or the one after it, which nobody tells here. */
function today(word: number, dueYear: number | undefined): ReturnType<typeof calendar> {
  const day = calendar(dueYear ?? 2000, (word >> 9) & 0x0f, (word >> 4) & 0x1f);
  if (day === undefined) return undefined;
  return { type: "G", month: day.month!, day: day.day! };
}
