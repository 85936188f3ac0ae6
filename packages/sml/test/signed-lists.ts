/** One unsigned list for each meter family that signs, with every object that its signature covers. */

import { fromHex } from "@siegel/wire";
import { type GetListResponse } from "../src/messages/bodies.ts";
import { type ListEntry } from "../src/messages/entries.ts";
import { type SmlTime } from "../src/messages/time.ts";
import { type LayoutName } from "../src/signature/layouts.ts";
import { entry, list } from "./build.ts";

const local = (timestamp: number, localOffset: number, seasonTimeOffset: number): SmlTime => ({
  kind: "localTimestamp",
  value: { timestamp, localOffset, seasonTimeOffset },
});
const unsigned = (value: number, byteLength: number) => ({ type: "unsigned", byteLength, value }) as const;
const octets = (hex: string) => ({ type: "octets", value: fromHex(hex) }) as const;
const status = (bits: number) => ({ byteLength: 4, bits });

const value = entry("0100011100ff", {
  status: status(0x8001_0104),
  valTime: local(1_000_000, 60, 60),
  unit: 30,
  scaler: -1,
  value: { type: "signed", byteLength: 8, value: 3275 },
});
const secondsIndex = entry("810060080001", {
  value: { type: "list", value: { kind: "smlTime", value: { kind: "secIndex", value: 0x0102_0304 } } },
});
const pagination = entry("8180817101ff", { value: unsigned(0x21, 4) });
const contractId = entry("8182815401ff", { valTime: local(1516, 0, 0), value: octets("3632343837383837") });

const emocCompanions: readonly ListEntry[] = [
  entry("010001110064", { unit: 30, scaler: -1, value: unsigned(192_124, 3) }),
  entry("0100011100c8", { unit: 30, scaler: -1, value: unsigned(192_125, 3) }),
  entry("00af6c6c72ff", { unit: 38, scaler: -3, value: unsigned(1000, 2) }),
  entry("00af647572ff", { unit: 7, scaler: 0, value: unsigned(5, 1) }),
  entry("00af707263ff", { unit: 10, scaler: -3, value: unsigned(0x0102, 2) }),
];

const isaEntries: readonly ListEntry[] = [
  contractId,
  entry("010001080080", {
    status: status(0x0002_0418),
    valTime: { kind: "timestamp", value: 0x5f33_b157 },
    unit: 30,
    scaler: -1,
    value: { type: "signed", byteLength: 8, value: -2 },
  }),
  entry("8180c7f040ff", { value: unsigned(17, 4) }),
  entry("8180816101ff", { value: octets("808182838485868788898a8b8c8d8e8f90919293") }),
  entry("0100010800ff", {
    status: status(0x0002_0408),
    valTime: { kind: "timestamp", value: 0x5f33_b160 },
    unit: 30,
    scaler: -2,
    value: { type: "signed", byteLength: 8, value: 0x0102_0304_0506 },
    valueSignature: new Uint8Array(66).fill(0xaa),
  }),
];

export const signable: Readonly<Record<LayoutName, GetListResponse>> = {
  EDL40: list([value, secondsIndex, pagination, contractId]),
  eMoC: list([value, ...emocCompanions, secondsIndex, pagination, contractId]),
  "ISA-EDL-40P": list(isaEntries, { listName: fromHex("8180816201ff") }),
};
