// If these failed, a meter's signature would be one that only our own code believes.

import { MeterPublicKey } from "@siegel/crypto";
import { MeterSigningKey } from "@siegel/crypto/testing";
import { expect } from "vitest";
import { needs } from "../../../../scripts/testing/needs.ts";
import type { GetListResponse } from "../../src/messages/bodies.ts";
import type { ListEntry } from "../../src/messages/entries.ts";
import type { LayoutName } from "../../src/signature/layouts.ts";
import { signList } from "../../src/signature/sign.ts";
import { signedBuffer } from "../../src/signature/signed-buffer.ts";
import { SignedByMeter } from "../../src/signature/verify.ts";
import { entry, list, pushed } from "../build.ts";
import { ascii, local, octets } from "./bodies.ts";
import { readByUs } from "./captures.ts";
import { opensslBelieves, OpensslKey } from "./openssl.ts";

const register = (object: string): ListEntry =>
  entry(object, {
    status: { byteLength: 4, bits: 0x8003_0b84 },
    valTime: local,
    unit: 30,
    scaler: -1,
    value: { type: "unsigned", byteLength: 8, value: 23_536_569 },
  });
const contract = entry("8182815401ff", { valTime: local, value: { type: "octets", value: ascii("contract 4711") } });
const pagination = entry("8180817101ff", { value: { type: "unsigned", byteLength: 4, value: 3 } });
const secondsIndex = entry("810060080001", {
  value: { type: "list", value: { kind: "smlTime", value: { kind: "secIndex", value: 8000 } } },
});

/** One list for each family of meters. */
const lists: Readonly<Record<LayoutName, GetListResponse>> = {
  EDL40: list([register("0100011100ff"), contract, pagination, secondsIndex]),
  eMoC: list([register("0100011100ff"), contract, pagination, secondsIndex]),
  "ISA-EDL-40P": list([
    { ...register("0100010800ff"), valueSignature: octets(66) },
    register("010001080080"),
    contract,
    pagination,
  ]),
};

for (const [layout, curve] of [
  ["EDL40", "P-192"],
  ["eMoC", "P-256"],
  ["ISA-EDL-40P", "P-256"],
] as const) {
  needs("openssl")(`openssl believes a list of ${layout} that we signed, and none with one bit changed`, () => {
    const key = MeterSigningKey.fromSeed({ curve, seed: new Uint8Array(32).fill(7) });
    const signed = readByUs(pushed(signList(lists[layout], key, 258))).messages[1]!.body;
    const buffer = signedBuffer(signed.value as GetListResponse); // a push: Open, the list, Close
    expect(buffer.layout).toBe(layout);
    const check = { publicKey: key.publicKey.toSpki(), message: buffer.bytes, signature: buffer.signature };
    expect(opensslBelieves(check)).toBe(true);
    expect(opensslBelieves({ ...check, message: flipped(buffer.bytes, 31) })).toBe(false);
    expect(opensslBelieves({ ...check, signature: flipped(buffer.signature, 40) })).toBe(false);
  });

  needs("openssl")(`we believe a list of ${layout} that openssl signed, and not by another key`, () => {
    const key = new OpensslKey(curve);
    const signed = signList(lists[layout], { curve, sign: (message) => key.sign(message) }, 1);
    const verify = (by: OpensslKey) => SignedByMeter.verify(signed, MeterPublicKey.parse(by.publicKey));
    expect(verify(key).layout).toBe(layout);
    expect(() => verify(new OpensslKey(curve))).toThrow(expect.objectContaining({ code: "signature-mismatch" }));
  });
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
}
