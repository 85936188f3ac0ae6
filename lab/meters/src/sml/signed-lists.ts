/**
 * Signed lists as three families of meters build them: same objects, same widths, same quirks.
 *
 * In: a virtual meter at its second, its key.  Out: a list whose signature verifies with the public key.
 * Not here: which octets the signature is over (`signList` in sml).
 * The families come from charging stations, where a session has a start. The virtual household signs its import counter,
 * and as the start that of the last quarter hour stored.
 * Source: public test files of the three families (SAFE e.V. Transparenzsoftware).
 */

import { concatBytes, equalBytes } from "@siegel/wire";
import { type GetListResponse, type LayoutName, type ListEntry, signList } from "@siegel/sml";
import type { MeterSigningKey } from "@siegel/crypto/testing";
import { readingOf } from "../registers.ts";
import { statusBit } from "../status-word.ts";
import type { VirtualMeter } from "../virtual-meter.ts";
import { statusOf } from "./current-values.ts";
import { asciiOctets, integer, octetsEntry, unsignedEntry, type Widths } from "./entries.ts";
import { localTime, wallTime } from "./meter-time.ts";
import { objects, unit, currencyUnit } from "./objects.ts";
import { valueSignature } from "./value-signature.ts";

/** What a signed list is made from. */
export interface SignedListInput {
  readonly meter: VirtualMeter;
  readonly key: MeterSigningKey;
  readonly serverId: Uint8Array;
  /** Running time of the meter in seconds. The record of a second bears its number: asked twice, it is the same record. */
  readonly secondsIndex: number;
  readonly firstUse: number;
  /** Who is charged: 8 octets of ASCII. */
  readonly contractId: string;
  readonly widths: Widths;
}

export function signedList(layout: LayoutName, input: SignedListInput): GetListResponse {
  const list: GetListResponse = {
    serverId: input.serverId,
    listName: objects.signedList[layout],
    actSensorTime:
      layout === "ISA-EDL-40P" ? localTime(input.meter.clock) : { kind: "secIndex", value: input.secondsIndex },
    valList: entriesOf[layout](input),
  };
  return signList(list, input.key, logIndexOf(input.meter));
}

/** The layout whose list has this name. */
export function layoutOfList(listName: Uint8Array): LayoutName | undefined {
  return layouts.find((layout) => equalBytes(objects.signedList[layout], listName));
}

const layouts: readonly LayoutName[] = ["EDL40", "eMoC", "ISA-EDL-40P"];

const entriesOf: Readonly<Record<LayoutName, (input: SignedListInput) => ListEntry[]>> = {
  EDL40: (input) => [
    {
      objName: objects.deliveredTotal,
      status: statusOf(input.meter, 4),
      valTime: localTime(input.meter.clock),
      ...tenthsOfWattHours(input.meter.registers.reading("import", -1)),
    },
    runningTime(input),
    { objName: objects.pagination, value: integer("unsigned", input.secondsIndex, 4, "declared") },
    contract(input, asciiOctets(input.contractId)),
  ],

  eMoC: (input) => {
    const before = input.meter.profile.all().at(-1)?.import ?? 0n;
    const energy = (objName: Uint8Array, raw: bigint) =>
      unsignedEntry({ objName, raw, unit: unit.wattHour, scaler: -1 }, 5, input.widths);
    const other = (objName: Uint8Array, raw: number, code: number, scaler: number) =>
      unsignedEntry({ objName, raw, unit: code, scaler }, 2, input.widths);
    const { bits } = statusOf(input.meter);
    return [
      contract(input, concatBytes(Uint8Array.of(contractIsAscii), asciiOctets(input.contractId))),
      {
        ...energy(objects.deliveredTotal, input.meter.registers.reading("import", -1)),
        status: { byteLength: 4, bits: bits + emocMark },
        valTime: localTime(input.meter.clock),
      },
      energy(objects.deliveredBefore, readingOf(before, -1)),
      energy(objects.deliveredCompensated, readingOf(before, -1)),
      other(objects.lineResistance, 1_000, unit.ohm, -3),
      other(objects.stopwatch, 0, unit.second, 0),
      other(objects.price, 0, currencyUnit, -3),
      runningTime(input),
      { objName: objects.pagination, value: integer("unsigned", input.secondsIndex, 4, input.widths) },
    ];
  },

  "ISA-EDL-40P": (input) => {
    const { meter } = input;
    const start = meter.profile.all().at(-1);
    const now = {
      objName: objects.import,
      status: edlStatus(meter.status),
      valTime: wallTime(meter.clock),
      ...tenthsOfWattHours(meter.registers.reading("import", -1)),
    };
    return [
      contract(input, padded(asciiOctets(input.contractId), 128)),
      {
        objName: objects.startOfImport,
        status: edlStatus(start?.status ?? meter.status),
        valTime: wallTime(start?.at ?? meter.clock),
        ...tenthsOfWattHours(start === undefined ? meter.registers.reading("import", -1) : readingOf(start.import, -1)),
      },
      { objName: objects.paginationOfIsa, value: integer("unsigned", input.secondsIndex, 4, "declared") },
      octetsEntry(objects.sessionHash, new Uint8Array(20)),
      { ...now, valueSignature: valueSignature(input.serverId, now, input.key, logIndexOf(meter)) },
    ];
  },
};

/** Eight bytes, whatever the value is. */
function tenthsOfWattHours(raw: bigint): Pick<ListEntry, "unit" | "scaler" | "value"> {
  return { unit: unit.wattHour, scaler: -1, value: { type: "signed", byteLength: 8, value: raw } };
}

function runningTime({ secondsIndex }: SignedListInput): ListEntry {
  const smlTime = { kind: "secIndex", value: secondsIndex } as const;
  return { objName: objects.secondsIndex, value: { type: "list", value: { kind: "smlTime", value: smlTime } } };
}

/** Who the energy is for, and since when. */
function contract({ firstUse }: SignedListInput, id: Uint8Array): ListEntry {
  return { ...octetsEntry(objects.contractId, id), valTime: localTime(firstUse) };
}

/** The older status word: bit 5 is export. */
function edlStatus(statusWord: number): { byteLength: number; bits: number } {
  return { byteLength: 8, bits: (statusWord & statusBit.export) === 0 ? 0 : 0x20 };
}

/** Number of the newest event, counted from the meter's first one; two octets are left for it. */
function logIndexOf({ events }: VirtualMeter): number {
  return (events.dropped + events.length) & 0xffff;
}

function padded(octets: Uint8Array, byteLength: number): Uint8Array {
  return concatBytes(octets, new Uint8Array(byteLength - octets.length));
}

/** First octet of the contract id of an eMoC: ASCII follows. */
const contractIsAscii = 0x02;
/** Bit 31, which the eMoC always sets. */
const emocMark = 0x8000_0000;
