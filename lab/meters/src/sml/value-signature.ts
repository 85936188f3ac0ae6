/**
 * The signature beside a single register, as EDL meters carry it.
 *
 * The layout is the one that open programs describe for EDL meter registers: 48 bytes, filled from the entry. No genuine
 * value signature has been verified with it, and nothing of Siegel trusts one; the list signature covers its octets.
 */

import type { MeterSigningKey } from "@siegel/crypto/testing";
import type { ListEntry } from "@siegel/sml";
import { ByteWriter, concatBytes, int64LE, int8, layout, octetsOf, uint, uintLE, zeroPadded } from "@siegel/wire";

/** r‖s and two bytes of log index. */
export function valueSignature(
  serverId: Uint8Array,
  entry: ListEntry,
  key: MeterSigningKey,
  logIndex: number,
): Uint8Array {
  const { objName, value, valTime, unit = 0, scaler = 0 } = entry;
  const writer = new ByteWriter(48);
  RegisterBuffer.write(writer, {
    serverId,
    valueTime: valTime?.kind === "timestamp" ? valTime.value : 0,
    status: Number(BigInt(entry.status?.bits ?? 0) & 0xffn),
    objName,
    unit,
    scaler,
    value: value?.type === "signed" ? BigInt(value.value) : 0n,
    rest: new Uint8Array(0),
  });
  return concatBytes(key.sign(writer.toBytes()), Uint8Array.of(logIndex >> 8, logIndex & 0xff));
}

const RegisterBuffer = layout("EDL register", {
  serverId: octetsOf(10), //  0
  valueTime: uintLE(4), //   10
  status: uint(1), //        14
  objName: octetsOf(6), //   15
  unit: uint(1), //          21
  scaler: int8, //           22
  value: int64LE, //         23
  rest: zeroPadded(17), //   31
});
