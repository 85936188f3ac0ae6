/** Telegrams of M-Bus made by our own encoder, and the one that OMS prints in its annex N. */

import { ShortKey } from "@siegel/crypto";
import {
  addressOfMeterId,
  encodeRecords,
  encodeWiredFrame,
  linkFrame,
  longFrame,
  recordHeader,
  sealMessage,
  vibOf,
  wirelessControl,
} from "@siegel/mbus";
import { MeterId, ScaledValue } from "@siegel/readings";
import { concatBytes, fromHex } from "@siegel/wire";

export const meterId = MeterId.of(fromHex("01 9315 78563412 33 03"));
const address = addressOfMeterId(meterId)!;
export const keyHex = "5f1d0c9b8a7e6d5c4b3a29180f1e2d3c";
export const wrongKeyHex = "5f1d0c9b8a7e6d5c4b3a29180f1e2d3d";

/** Frame format A, mode 5, key 0102030405060708090A0B0C0D0E0F11: 28504.27 m³. Source: OMS, annex N, gas meter. */
export const omsGas = fromHex(
  "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A",
);
export const omsKeyHex = "0102030405060708090a0b0c0d0e0f11";

export function records(volume = "6842.784"): Uint8Array {
  const header = recordHeader({ vib: vibOf("volume", { exponent: -3 }), coding: "int32" });
  const before = recordHeader({ vib: vibOf("volume", { exponent: -3 }), coding: "int32", storage: 1 });
  return encodeRecords([
    { header, value: { kind: "number", value: ScaledValue.parse(volume) } },
    { header: before, value: { kind: "number", value: ScaledValue.parse("6000.000") } },
  ]);
}

/** A radio frame without checksums. */
export function radioFrame(mode: 0 | 5 | 7, { counter = 1, key = keyHex, access = 1 } = {}): Uint8Array {
  const secret = ShortKey.fromBytes(fromHex(key));
  const protect = mode === 0 ? { mode } : mode === 5 ? { mode, key: secret } : { mode, key: secret, counter };
  const message = sealMessage({ ci: 0x7a, meter: address, access, protect, content: records() });
  return framed(message);
}

/** What this meter sends: from the first CI on. */
export function framed(message: Uint8Array): Uint8Array {
  return linkFrame({ control: wirelessControl.sndNr, address }, message);
}

/** The answer of a meter on the wire that encrypts. */
export function sealedWiredFrame(): Uint8Array {
  const key = ShortKey.fromBytes(fromHex(keyHex));
  const protect = { mode: 5, key } as const;
  const message = sealMessage({ ci: 0x72, meter: address, access: 1, protect, content: records() });
  return encodeWiredFrame(longFrame({ c: 0x08, a: 5, ci: 0x72, data: message.subarray(1) }));
}

/** The answer of a meter on the wire. */
export function wiredFrame(volume?: string): Uint8Array {
  const link = meterId.toBytes();
  const header = concatBytes(link.subarray(3, 7), link.subarray(1, 3), link.subarray(7), fromHex("01 00 0000"));
  return encodeWiredFrame(longFrame({ c: 0x08, a: 5, ci: 0x72, data: concatBytes(header, records(volume)) }));
}
