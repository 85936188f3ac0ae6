/**
 * Certificates, lists and requests under changed input: a value or a DecodeError, and one encoding for one content.
 *
 * Signatures are not checked here: no changed input would ever pass, and a check costs a thousand readings
 * (test/flips.test.ts does it for every bit).
 */

import { DecodeError, fromHex, indexOfBytes, toHex } from "@siegel/wire";

import type { FuzzTarget } from "../../../scripts/fuzz/types.ts";
import { type ExtensionName, type ExtensionSet, extensionTypes } from "../src/asn1/extensions.ts";
import { Name } from "../src/asn1/name.ts";
import { partsOf } from "../src/certificate.ts";
import { any, decodeDer, encodeDer, fromPem, toPem } from "../src/der/index.ts";
import { Certificate, CertificationRequest, RevocationList } from "../src/index.ts";
import { listPartsOf } from "../src/revocation-list.ts";
import { seeds } from "./seeds.ts";

export const target: FuzzTarget = {
  name: "pki",
  seeds: () => Object.values(seeds).map(fromHex),
  dictionary: [
    "0500",
    "0101ff",
    "010100",
    "0201",
    "020100",
    "0202ff7f",
    "3000",
    "3080",
    "0000",
    "3081",
    "3082ffff",
    "3084ffffffff",
    "a003020102",
    "a0",
    "a3",
    "80",
    "1f",
    "bf",
    "06032a0304",
    "0603551d",
    "0603551d0f0101ff",
    "06082a8648ce3d040303",
    "06092b240303020801010d",
    "170d3236303130313030303030305a",
    "180f32303530303130313030303030305a",
    "2e534d4757",
    "2e454d54",
    "0c",
    "13",
    "1603",
    "e280ae",
  ].map(fromHex),
  maxBytes: 4096,
  run(bytes) {
    attempt(() => {
      const certificate = Certificate.parse(bytes);
      same("certificate", certificate.der, bytes);
      checkExtensions(partsOf(certificate).extensions, bytes);
      checkName(partsOf(certificate).subjectDer);
      if (certificate.serial <= 0n || certificate.notAfterMs < certificate.notBeforeMs) throw new Error("rule lost");
      if (certificate.publicKey.toSpki().length === 0) throw new Error("no key");
    });
    attempt(() => {
      const list = RevocationList.parse(bytes);
      same("list", list.der, bytes);
      checkExtensions(listPartsOf(list).extensions, bytes);
      for (const [serial, { dateMs }] of list.entries()) {
        if (serial <= 0n || !Number.isInteger(dateMs)) throw new Error("rule lost");
      }
    });
    attempt(() => CertificationRequest.parse(bytes));
    attempt(() => same("any", encodeDer(any(), decodeDer(any(), bytes)), bytes));
    attempt(() => {
      const blocks = fromPem(String.fromCharCode(...bytes));
      for (const der of blocks) same("PEM", fromPem(toPem("X", der))[0]!, der);
    });
  },
};

/** What was read, written again, stands in the input. */
function checkExtensions({ known }: ExtensionSet, bytes: Uint8Array): void {
  for (const name of Object.keys(known) as ExtensionName[]) {
    const value = known[name]?.value;
    if (JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? "" : one)).includes("directoryName"))
      continue; // its name may be written in another order
    const encoding = encodeDer<any>(extensionTypes[name], value);
    if (indexOfBytes(bytes, encoding) < 0) throw new Error(`${name} is written otherwise: ${toHex(encoding)}`);
  }
}

function checkName(der: Uint8Array): void {
  const { value, raw } = decodeDer(Name, der);
  same("name", raw, der);
  for (const text of Object.values(value)) if (/[\p{C}]/u.test(text)) throw new Error("invisible");
}

function same(what: string, a: Uint8Array, b: Uint8Array): void {
  if (toHex(a) !== toHex(b)) throw new Error(`${what} is not what was read`);
}

function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}
