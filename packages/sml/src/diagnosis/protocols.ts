/**
 * Other protocols of meters and networks, each by what is certain about its first frame.
 * Sources: IEC 62056-21; DSMR 5.0.2 P1; ISO/IEC 13239 and IEC 62056-46 (HDLC), IEC 62056-47 (wrapper); EN 13757-2 and
 * -4 (M-Bus); Modbus Application Protocol 1.1b3; MQTT 3.1.1; RFC 9112 (HTTP); RFC 8446 (TLS).
 */

import { crc16Arc, crc16En13757, crc16X25 } from "@siegel/wire";
import type { Certainty, DiagnosisCode, Finding } from "./causes.ts";
import { latin1Of, type Sample } from "./sample.ts";

interface Sign {
  readonly certainty: Certainty;
  readonly offset: number;
}

interface Protocol {
  readonly code: DiagnosisCode;
  /** A language of meters: who has one will want it read. The name that `siegel read --protocol` takes, or "none" yet. */
  readonly readAs?: "p1" | "d0" | "mbus" | "wmbus" | "none";
  readonly recognise: (bytes: Uint8Array, text: string) => Sign | undefined;
}

const protocols: readonly Protocol[] = [
  { code: "protocol-http", recognise: http },
  { code: "protocol-tls", recognise: tls },
  { code: "protocol-p1-encrypted", readAs: "p1", recognise: encryptedP1 },
  { code: "protocol-p1", readAs: "p1", recognise: p1 },
  { code: "protocol-iec62056-21", readAs: "d0", recognise: iec62056 },
  { code: "protocol-hdlc", readAs: "none", recognise: hdlc },
  { code: "protocol-mbus", readAs: "mbus", recognise: mbus },
  { code: "protocol-dlms-wrapper", readAs: "none", recognise: dlmsWrapper },
  { code: "protocol-mqtt", recognise: mqtt },
  { code: "protocol-modbus", recognise: modbus },
  { code: "protocol-wmbus", readAs: "wmbus", recognise: wirelessMbus },
];

export function otherProtocol({ bytes, isSml, good }: Sample): Finding[] {
  if (isSml || good.length > 0) return [];
  const text = latin1Of(bytes);
  for (const { code, recognise } of protocols) {
    const sign = recognise(bytes, text);
    if (sign !== undefined) return [{ code, ...sign }];
  }
  return [];
}

/** What to add to the advice about a protocol of meters; empty for other causes. */
export function howToRead(code: DiagnosisCode): string {
  const readAs = protocols.find((protocol) => protocol.code === code)?.readAs;
  if (readAs === undefined) return "";
  return readAs === "none" ? " This version does not read it yet." : ` Read it with --protocol ${readAs}.`;
}

const found = (certainty: Certainty, offset: number): Sign => ({ certainty, offset });
const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** Sign-on line of IEC 62056-21, then the fixed objects of P1 (version, time, equipment). */
function p1(_: Uint8Array, text: string): Sign | undefined {
  const at = text.search(/\/[A-Z]{3}[^\r\n]{0,40}\r?\n/i);
  return at >= 0 && /(?:1-3:0\.2\.8|0-0:96\.1\.[014]|0-0:1\.0\.0|0-\d:24\.2\.\d)(?:\.255)?\(/.test(text)
    ? found("certain", at)
    : undefined;
}

/** Sign-on line or lines `id(value*unit)`; a lone request is our own, come back. */
function iec62056(bytes: Uint8Array, text: string): Sign | undefined {
  // A chance finding in binary data is no read-out; control characters frame one.
  const printable = bytes.reduce((count, byte) => count + (byte >= 0x20 && byte < 0x7f ? 1 : 0), 0);
  if (printable < 0.75 * bytes.length) return undefined;
  const lines = text.match(/(?<=^|[^ -~]|\))[\w.:*&-]{1,20}\([^()\r\n]{0,130}\)/g)?.length ?? 0;
  const at = text.search(/\/[A-Z]{2}[A-Z]?[a-z]?[0-9A-I][^\r\n]{0,40}\r?\n/i);
  if (at >= 0 && lines > 0) return found("certain", at);
  if (at >= 0 && /^\/[A-Z]{3}[0-9A-I][ -~]{0,40}\r\n/i.test(text)) return found("likely", at);
  return lines >= 3 ? found("likely", text.search(/[\w.:*&-]{1,20}\(/)) : undefined;
}

/** General glo-ciphering with a system title of eight octets, length in two, security control 30. */
function encryptedP1(bytes: Uint8Array): Sign | undefined {
  for (let at = bytes.indexOf(0xdb); at >= 0; at = bytes.indexOf(0xdb, at + 1)) {
    if (bytes[at + 1] !== 8 || bytes[at + 10] !== 0x82 || bytes[at + 13] !== 0x30) continue;
    // Inside HDLC or M-Bus the same bytes are a DLMS push: what stands before them decides.
    if (at === 0 || (bytes[0] !== 0x7e && bytes[0] !== 0x68)) return found("certain", at);
  }
  return undefined;
}

/** Format type 3, an end flag where the length says, and the checksum before it. */
function hdlc(bytes: Uint8Array): Sign | undefined {
  let likely: Sign | undefined;
  for (let at = bytes.indexOf(0x7e); at >= 0; at = bytes.indexOf(0x7e, at + 1)) {
    if ((bytes[at + 1]! & 0xf0) !== 0xa0) continue;
    const end = at + 1 + (u16(bytes, at + 1) & 0x7ff);
    if (end - at < 8) continue;
    if (bytes[end] !== 0x7e) {
      if (at === 0 && end >= bytes.length) likely ??= found("likely", at); // cut before its end
      continue;
    }
    if (crc16X25.of(bytes, at + 1, end - 2) === (bytes[end - 2]! | (bytes[end - 1]! << 8))) return found("certain", at);
    likely ??= found("likely", at);
  }
  return likely;
}

/** Version 1, addresses, length, then an APDU whose tag DLMS knows. */
function dlmsWrapper(bytes: Uint8Array): Sign | undefined {
  if (u16(bytes, 0) !== 1 || bytes.length < 10) return undefined;
  const length = u16(bytes, 6);
  const isApdu = apduTags.has(bytes[8]!) && length > 1;
  return isApdu && length <= bytes.length - 8 ? found("certain", 0) : undefined;
}

/** Long frame: 68 L L 68 … sum 16. */
function mbus(bytes: Uint8Array): Sign | undefined {
  for (let at = bytes.indexOf(0x68); at >= 0; at = bytes.indexOf(0x68, at + 1)) {
    const length = bytes[at + 1];
    if (length === undefined || length < 3 || length !== bytes[at + 2] || bytes[at + 3] !== 0x68) continue;
    const end = at + 4 + length;
    const sum = bytes.subarray(at + 4, end).reduce((total, byte) => (total + byte) & 0xff, 0);
    if (bytes[end] === sum && bytes[end + 1] === 0x16) return found("certain", at);
    if (at === 0 && end + 1 >= bytes.length) return found("likely", at);
  }
  return undefined;
}

/** Frame format A: length, C field, maker, address, checksum behind ten octets. Without checksums: length and C field. */
function wirelessMbus(bytes: Uint8Array): Sign | undefined {
  const isFrame = (at: number) => senderFields.has(bytes[at + 1]!) && bytes[at]! >= 10;
  for (let at = 0; at + 12 <= Math.min(bytes.length, 64); at++) {
    if (isFrame(at) && crc16En13757.of(bytes, at, at + 10) === u16(bytes, at + 10)) return found("certain", at);
  }
  return bytes.length >= 12 && isFrame(0) && bytes[0] === bytes.length - 1 ? found("likely", 0) : undefined;
}

/** RTU answers to "read registers" with their checksum; TCP by its header. */
function modbus(bytes: Uint8Array): Sign | undefined {
  const isRead = (at: number) => bytes[at] === 0x03 || bytes[at] === 0x04;
  for (const length of [8, 5 + (bytes[2] ?? 0)]) {
    if (length > bytes.length || !isRead(1)) continue;
    // Modbus' checksum is ARC's polynomial started with ones.
    const crc = crc16Arc.update(0xffff, bytes, 0, length - 2);
    if (crc === (bytes[length - 2]! | (bytes[length - 1]! << 8))) return found("certain", 0);
  }
  const isTcp = bytes.length >= 9 && u16(bytes, 2) === 0 && u16(bytes, 4) >= 3 && u16(bytes, 4) <= bytes.length - 6;
  return isTcp && u16(bytes, 4) < 256 && isRead(7) ? found("likely", 0) : undefined;
}

/** CONNECT names the protocol; CONNACK has a fixed form. */
function mqtt(bytes: Uint8Array, text: string): Sign | undefined {
  const name = text.search(/MQTT|MQIsdp/); // behind the type, one to four bytes of length and the name's own length
  if (bytes[0] === 0x10 && name >= 4 && name <= 7) return found("certain", 0);
  return bytes[0] === 0x20 && bytes[1] === 2 && bytes[2]! < 2 && bytes[3]! < 6 ? found("likely", 0) : undefined;
}

function http(_: Uint8Array, text: string): Sign | undefined {
  return /^(?:HTTP\/\d|(?:GET|POST|PUT|HEAD|OPTIONS) \S+ HTTP\/\d)/.test(text) ? found("certain", 0) : undefined;
}

/** Handshake or alert record of TLS 1.0 to 1.3. */
function tls(bytes: Uint8Array): Sign | undefined {
  const isRecord = (bytes[0] === 0x16 || bytes[0] === 0x15) && bytes[1] === 3 && bytes[2]! <= 4;
  return isRecord && u16(bytes, 3) >= 2 && u16(bytes, 3) <= 0x4000 ? found("likely", 0) : undefined;
}

/** Errors, notifications, association, get, set, action, access, their ciphered forms, signing, block transfer. */
const apduTags: ReadonlySet<number> = new Set([
  0x0e, 0x0f, 0x60, 0x61, 0x62, 0x63, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd,
  0xcf, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd7, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xdf, 0xe0,
]);
/** SND-NR, SND-IR, ACC-NR, RSP-UD. */
const senderFields: ReadonlySet<number> = new Set([0x44, 0x46, 0x47, 0x08]);
