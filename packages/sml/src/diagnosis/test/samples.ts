/** Made-up telegrams for the tests of this folder, and the way from bytes to a diagnosis. */

import { fromHex } from "@siegel/wire";
import { SmlFramer } from "../../framing/framer.ts";
import { wrapFile } from "../../framing/wrap.ts";
import type { ListEntry } from "../../messages/entries.ts";
import { decodeFile, encodeFile } from "../../messages/file.ts";
import type { MessageBody, SmlMessage } from "../../messages/message.ts";
import { diagnose, type Diagnosis } from "../diagnose.ts";

export interface SampleOptions {
  readonly fromLine?: boolean;
  readonly strict?: boolean;
}

/** Frames, decodes and diagnoses, as a command would. */
export function diagnosisOf(bytes: Uint8Array, options: SampleOptions = {}): Diagnosis[] {
  const framer = new SmlFramer(options);
  const events = [...framer.push(bytes), ...framer.flush()];
  const files = events.filter((event) => event.kind === "file").map((event) => decodeFile(event.payload));
  return diagnose({ bytes, events, files, fromLine: options.fromLine ?? true });
}

const server = fromHex("0a014d4554000012b4f3");

export function message(body: MessageBody, number = 0): SmlMessage {
  return { transactionId: Uint8Array.of(0x2a, 0x04, 0x80, number), groupNo: 0, abortOnError: 0, body };
}

export const energy = (scaler: number, value: number): ListEntry => ({
  objName: fromHex("0100010800ff"),
  status: { byteLength: 3, bits: 0x1c0104 },
  unit: 30,
  scaler,
  value: { type: "unsigned", byteLength: 5, value },
});

const phase = (code: number, unit: number, value: number): ListEntry => ({
  objName: fromHex(`0100${code.toString(16).padStart(2, "0")}0700ff`),
  unit,
  scaler: -1,
  value: { type: "signed", byteLength: 4, value },
});

const full = (second: number): ListEntry[] => [
  energy(-1, 123_456_789 + second),
  phase(16, 27, 4321 + 17 * second),
  phase(32, 35, 2304),
  phase(52, 35, 2311),
  phase(72, 35, 2298),
];

/** The messages of one push telegram. */
export function push(second: number, valList: readonly ListEntry[] = full(second)): SmlMessage[] {
  const time = { kind: "secIndex", value: 0x0a0d1304 + second } as const; // a line feed, a return and XOFF in each
  const body: MessageBody = {
    kind: "GetListResponse",
    value: { serverId: server, listName: fromHex("0100620affff"), actSensorTime: time, valList: [...valList] },
  };
  return [
    message(
      { kind: "PublicOpenResponse", value: { reqFileId: Uint8Array.of(0, second), serverId: server } },
      3 * second,
    ),
    message(body, 3 * second + 1),
    message({ kind: "PublicCloseResponse", value: {} }, 3 * second + 2),
  ];
}

/** Some seconds of a meter's line. */
export function line(seconds: number, valList?: readonly ListEntry[]): Uint8Array {
  return join(Array.from({ length: seconds }, (_, second) => wrapFile(encodeFile(push(second, valList)))));
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
