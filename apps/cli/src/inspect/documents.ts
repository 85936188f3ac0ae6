/**
 * What kind of document some octets are, in a few words for a person.
 *
 * In: octets of a file, DER or PEM.  Out: one entry a document: its kind, a summary, and the names of its fields.
 * Not here: any check. Whoever made the document may say anything in it; `siegel verify` tells what holds.
 */

import {
  AuthEnvelopedData,
  DeliveryBinding,
  ProofBundleDer,
  ReceiptContent,
  SignedAttributes,
  SignedContentInfo,
} from "@siegel/cms";
import {
  Certificate,
  CertificateList,
  CertificationRequest,
  type Der,
  decodeDer,
  fromPem,
  RevocationList,
  SignedCertificate,
  SignedRequest,
} from "@siegel/pki";
import { type DayBlock, decodeDayBlock, instantAt, nameOfObis, qualityAt, statusAt, valueAt } from "@siegel/readings";
import { DecodeError, toHex } from "@siegel/wire";
import { fieldNames } from "./der-dump.ts";

export interface Document {
  readonly kind: string;
  readonly summary: readonly (readonly [label: string, text: string])[];
  readonly bytes: Uint8Array;
  /** Names of fields by offset; absent where the octets are no DER. */
  readonly names?: ReadonlyMap<number, string>;
  /** What a day block holds, slot by slot. */
  readonly slots?: readonly SlotLine[];
}

export interface SlotLine {
  /** RFC 3339 */
  readonly at: string;
  /** The exact decimal; null where it is missing. */
  readonly value: string | null;
  readonly unit: string | undefined;
  readonly quality: string;
  /** Hexadecimal, as the meter sent it. */
  readonly status: string | undefined;
}

/** Octets that hold a private key are not shown to anybody. */
export class PrivateKeyError extends Error {
  override readonly name = "PrivateKeyError";
}

/**
 * The documents in these octets; none when they are something else.
 *
 * @throws {PrivateKeyError} when one of them is a private key.
 * @throws {DecodeError} when PEM has begun and is damaged.
 */
export function documentsOf(bytes: Uint8Array): readonly Document[] {
  const text = pemText(bytes);
  if (text === undefined) return documentOf(bytes) ?? [];
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) throw new PrivateKeyError();
  return fromPem(text).flatMap(
    (der) => documentOf(der) ?? [{ kind: "DER", summary: [], bytes: der, names: new Map() }],
  );
}

function documentOf(bytes: Uint8Array): Document[] | undefined {
  if (bytes[0] === 0xdb) return dayBlock(bytes);
  if (bytes[0] !== 0x30) return undefined;
  if (isPrivateKey(bytes)) throw new PrivateKeyError();
  for (const [declaration, describe] of kinds) {
    const value = read(declaration, bytes);
    if (value === undefined) continue;
    const { kind, summary, inside = [] } = describe(bytes, value);
    const names = fieldNames(declaration, bytes);
    for (const [inner, part] of inside) {
      // Views into the input: their place in its buffer tells their place in it.
      const base = part.byteOffset - bytes.byteOffset;
      for (const [at, name] of fieldNames(inner, part, base)) names.set(at, name);
    }
    return [{ kind, summary, bytes, names }];
  }
  return undefined;
}

interface Description {
  readonly kind: string;
  readonly summary: Document["summary"];
  /** Structures within octet strings, with what they are. */
  readonly inside?: readonly (readonly [Der<any>, Uint8Array])[]; // any: each has its own type
}

const kinds: readonly (readonly [Der<any>, (bytes: Uint8Array, value: any) => Description])[] = [
  // any: as above
  [SignedCertificate, (bytes) => certificate(Certificate.parse(bytes))],
  [CertificateList, (bytes) => revocationList(RevocationList.parse(bytes))],
  [SignedRequest, (bytes) => request(CertificationRequest.parse(bytes))],
  [SignedContentInfo, (_, value) => signedData(value)],
  [ProofBundleDer, (_, value) => proofBundle(value)],
];

function certificate(one: Certificate): Description {
  return {
    kind: "certificate",
    summary: [
      ["subject", one.subject.commonName],
      ["issuer", one.issuer.commonName],
      ["role", `${one.role ?? "unknown"}, ${one.purpose ?? "no purpose of the SM-PKI"}`],
      ["valid", `${instant(one.notBeforeMs)} to ${instant(one.notAfterMs)}`],
      ["key", `${one.publicKey.curve}, id ${toHex(one.keyId)}`],
      ["serial", one.serial.toString(16)],
      ["SHA-256", toHex(one.fingerprint)],
    ],
  };
}

function revocationList(list: RevocationList): Description {
  return {
    kind: "certificate revocation list",
    summary: [
      ["issuer", list.issuer.commonName],
      ["this update", instant(list.thisUpdateMs)],
      ["next update", instant(list.nextUpdateMs)],
    ],
  };
}

function request(one: CertificationRequest): Description {
  return {
    kind: "certification request (PKCS #10)",
    summary: [
      ["subject", one.subject.commonName],
      ["key", `${one.publicKey.curve}, id ${toHex(one.publicKey.keyId)}`],
    ],
  };
}

type Signed = ReturnType<typeof SignedContentInfo.read>;

function signedData({ content }: Signed): Description {
  const { encapContentInfo, signerInfos, certificates } = content;
  const [signer] = signerInfos;
  const signedBy: [string, string] = ["signer's key id", signer === undefined ? "none" : toHex(signer.sid)];
  const receipt = read(ReceiptContent, encapContentInfo.eContent);
  const inside: (readonly [Der<any>, Uint8Array])[] = [...certificates].map((one) => [SignedCertificate, one]); // any: see Description
  if (receipt !== undefined) {
    inside.push([ReceiptContent, encapContentInfo.eContent]);
    return {
      kind: "receipt (signed by the receiver)",
      inside,
      summary: [
        ["gateway", `${receipt.gatewayName}, key id ${toHex(receipt.gateway)}`],
        ["number", String(receipt.number)],
        ["SHA-256 of delivery", toHex(receipt.deliveryHash)],
        ["committed", instant(receipt.committedAt)],
        signedBy,
      ],
    };
  }
  inside.push([AuthEnvelopedData, encapContentInfo.eContent]);
  const binding = signer === undefined ? undefined : bindingOf(signer.signedAttrs);
  if (binding === undefined) {
    return {
      kind: "signed data",
      inside,
      summary: [["content", `${encapContentInfo.eContent.length} bytes`], signedBy],
    };
  }
  inside.push([DeliveryBinding, binding]);
  const { header, commitments } = decodeDer(DeliveryBinding, binding);
  return {
    kind: "delivery (encrypted, then signed)",
    inside,
    summary: [
      ["number", String(header.value.number)],
      ["profile", `${header.value.profile}, ${header.value.kind}`],
      ["message id", toHex(header.value.messageId)],
      ["sender's key id", toHex(header.value.sender)],
      ["receiver's key id", toHex(header.value.receiver)],
      signedBy,
      ...commitments.map((one, index): [string, string] => [`commitment ${index}`, toHex(one)]),
    ],
  };
}

/** The attribute that binds header and commitments. */
function bindingOf(signedAttrs: Uint8Array): Uint8Array | undefined {
  // In a SignerInfo the set stands under [0]; as the set that is signed it begins with 31.
  const set = Uint8Array.from(signedAttrs);
  set[0] = 0x31;
  const attributes = read(SignedAttributes, set);
  for (const { attrValues } of attributes ?? []) {
    const [value] = attrValues;
    if (value === undefined || read(DeliveryBinding, value) === undefined) continue;
    return signedAttrs.subarray(value.byteOffset - set.byteOffset, value.byteOffset - set.byteOffset + value.length);
  }
  return undefined;
}

type Bundle = ReturnType<typeof ProofBundleDer.read>;

function proofBundle(bundle: Bundle): Description {
  return {
    kind: "proof bundle",
    inside: [
      [SignedContentInfo, bundle.delivery],
      ...(bundle.receipt === undefined ? [] : [[SignedContentInfo, bundle.receipt] as const]),
      ...bundle.certificates.map((one) => [SignedCertificate, one] as const),
      ...bundle.crls.map((one) => [CertificateList, one] as const),
    ],
    summary: [
      ["delivery", `${bundle.delivery.length} bytes`],
      ["receipt", bundle.receipt === undefined ? "none" : `${bundle.receipt.length} bytes`],
      ["certificates", String(bundle.certificates.length)],
      ["revocation lists", String(bundle.crls.length)],
      ...bundle.blocks.flatMap(({ index, block }): [string, string][] => {
        const known = read(decodeDayBlock, block);
        return known === undefined ? [[`block ${index}`, "no day block"]] : blockSummary(known, `block ${index}`);
      }),
    ],
  };
}

function dayBlock(bytes: Uint8Array): Document[] | undefined {
  const block = read(decodeDayBlock, bytes);
  if (block === undefined) return undefined;
  const slots = Array.from({ length: block.values.length }, (_, index): SlotLine => {
    const status = statusAt(block, index);
    return {
      at: instantAt(block, index).toString(),
      value: valueAt(block, index)?.toString() ?? null,
      unit: block.unit?.symbol,
      quality: qualityAt(block, index),
      status: status === undefined ? undefined : `0x${status.toString(16)}`,
    };
  });
  return [{ kind: "day block", summary: blockSummary(block, "meter and register"), bytes, slots }];
}

/** What a block holds. */
function blockSummary(block: DayBlock, label: string): [string, string][] {
  const { meter, obis, values, kind, trust, day, revision, periodMs } = block;
  return [
    [label, `${meter.toString()}  ${obis.toString()}  ${nameOfObis(obis, "en") ?? ""}`.trimEnd()],
    ["day", `${day.date}, ${values.length} × ${periodMs / 1000} s, ${kind}, ${trust}, revision ${revision}`],
  ];
}

/** PKCS #8 or SEC 1: version, then an algorithm or an octet string. */
function isPrivateKey(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 16);
  const at = (head[1] ?? 0) < 0x80 ? 2 : 2 + ((head[1] ?? 0) & 0x7f);
  const version = head[at] === 0x02 && head[at + 1] === 0x01 ? head[at + 2] : undefined;
  // The number of a key on our curves has at most 66 octets; a proof bundle has a longer string in the same place.
  if (version === 1 && head[at + 3] === 0x04 && (head[at + 4] ?? 0xff) <= 66) return true;
  return version === 0 && head[at + 3] === 0x30 && head[at + 5] === 0x06;
}

function pemText(bytes: Uint8Array): string | undefined {
  const text = ascii.decode(bytes.subarray(0, maxPemBytes));
  return text.includes("-----BEGIN ") ? text : undefined;
}

function read<T>(how: Der<T> | ((bytes: Uint8Array) => T), bytes: Uint8Array): T | undefined {
  try {
    return typeof how === "function" ? how(bytes) : decodeDer(how, bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined; // another kind
    throw error;
  }
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

const ascii = new TextDecoder("latin1");
const maxPemBytes = 1 << 20;
