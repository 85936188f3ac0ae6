/** Reader, declared layout and hex parser under changed input: a value, or a DecodeError. */

import {
  ByteReader,
  decodeAll,
  DecodeError,
  fromHex,
  int64LE,
  int8,
  layout,
  octetsOf,
  uint,
  uintLE,
} from "../src/index.ts";
import type { FuzzTarget } from "../../../scripts/fuzz/types.ts";

const header = layout("Header", {
  version: uint(1),
  counter: uintLE(4),
  scaler: int8,
  total: int64LE,
  id: octetsOf(10),
  checksum: uint(2),
});

export const target: FuzzTarget = {
  name: "wire",
  seeds: () => [new Uint8Array(26), new TextEncoder().encode("0x1b 1b:1b-1b,01 01\r\n01 01")],
  dictionary: [new TextEncoder().encode("0x"), new TextEncoder().encode("\n")],
  run(bytes) {
    refusedOrRead(() => decodeAll(header, new ByteReader(bytes)));
    refusedOrRead(() => fromHex(String.fromCharCode(...bytes)));
  },
};

function refusedOrRead(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}
