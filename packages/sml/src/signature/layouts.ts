/**
 * What a meter signs: not the bytes on the line, but a buffer of 320 bytes filled from the list's fields.
 *
 * SML has slots for signatures and leaves the content to the meter family. Three families are proven here on genuine
 * files: EDL40 (P-192), EMH eMoC (P-256), ISA-EDL-40P (P-256). The list signature is r‖s and two bytes of log index,
 * which are part of the buffer. Numbers stand least significant byte first; what is not there stays zero.
 * Source: the families' own definitions, as confirmed by public test files (docs/limits.md says what was not seen).
 */

import { int64LE, int8, layout, octetsOf, uint, uintLE, zeroPadded } from "@siegel/wire";

export type LayoutName = "EDL40" | "eMoC" | "ISA-EDL-40P";

/** Bytes 0 to 172 are the same in both. */
const edlHead = {
  serverId: octetsOf(10), //         0
  valueTime: uintLE(4), //          10  local seconds
  status: uint(1), //               14
  secondsIndex: uintLE(4), //       15
  pagination: uintLE(4), //         19
  objName: octetsOf(6), //          23
  unit: uint(1), //                 29
  scaler: int8, //                  30
  value: int64LE, //                31
  logIndex: octetsOf(2), //         39
  contractId: zeroPadded(128), //   41
  contractTime: uintLE(4), //      169  local seconds
};

export const Edl40Buffer = layout("EDL40", {
  ...edlHead,
  rest: zeroPadded(147), //        173
});

export const EmocBuffer = layout("eMoC", {
  ...edlHead,
  historicalValue: int64LE, //     173
  compensatedValue: int64LE, //    181
  lineResistance: uintLE(2), //    189
  stopwatch: uintLE(4), //         191
  price: uintLE(2), //             195  byte order not seen: the samples carry zero
  rest: zeroPadded(123), //        197
});

export const IsaBuffer = layout("ISA-EDL-40P", {
  serverId: octetsOf(10), //         0
  valueTime: uintLE(4), //          10
  status: uint(1), //               14
  objName: octetsOf(6), //          15
  unit: uint(1), //                 21
  scaler: int8, //                  22
  value: int64LE, //                23
  logIndex: octetsOf(2), //         31
  valueSignature: octetsOf(66), //  33
  contractId: zeroPadded(128), //   99
  startTime: uintLE(4), //         227
  sessionHash: zeroPadded(20), //  231  ESTH
  startStatus: uint(1), //         251
  startObjName: octetsOf(6), //    252
  startUnit: uint(1), //           258
  startScaler: int8, //            259
  startValue: int64LE, //          260
  listName: octetsOf(6), //        268
  pagination: uintLE(4), //        274
  rest: zeroPadded(42), //         278
});

/** Every buffer has this size. */
export const bufferBytes = 320;

/** Bytes of r‖s by curve; the slot holds two more. */
export const signatureBytes = { "P-192": 48, "P-256": 64 } as const;
export const logIndexBytes = 2;

export type Curve = keyof typeof signatureBytes;

/** Curve that each family signs with. */
export const curveOf: Readonly<Record<LayoutName, Curve>> = { EDL40: "P-192", eMoC: "P-256", "ISA-EDL-40P": "P-256" };

/** The objects that the buffers are filled from, as hex of their six octets. */
export const signedObjects = {
  edlValue: "0100011100ff",
  isaValue: "0100010800ff",
  isaStartValue: "010001080080",
  pagination: ["8180817101ff", "8180c7f040ff"],
  secondsIndex: "810060080001",
  contractId: "8182815401ff",
  sessionHash: "8180816101ff",
  historicalValue: "010001110064",
  compensatedValue: "0100011100c8",
  lineResistance: "00af6c6c72ff",
  stopwatch: "00af647572ff",
  price: "00af707263ff",
} as const;

/** eMoC folds its 32-bit status into one byte: bit of the status → bit of the byte. */
export const emocStatusBits: readonly (readonly [from: number, to: number])[] = [
  [17, 0],
  [31, 3],
  [16, 4],
  [11, 5],
  [9, 6],
  [8, 7],
];
