/**
 * PEM: DER as text that survives mail, and that people paste. Source: RFC 7468, the strict grammar when we write.
 *
 * Text around the blocks is skipped, as `openssl x509 -text` writes it. A block that has begun is read strictly.
 */

import { DecodeError } from "@siegel/wire";

/** One block with lines of 64 characters and a line end at the end. */
export function toPem(label: string, der: Uint8Array): string {
  let binary = "";
  for (const byte of der) binary += String.fromCharCode(byte);
  const lines = btoa(binary).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/**
 * DER of each block, in order. With a label: of the blocks of that label only.
 *
 * @throws {DecodeError} "bad-framing" at a block without end, within another, or ended by another label;
 *   "wrong-type" at a character that is not base64. The offset counts characters.
 */
export function fromPem(text: string, label?: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  let begun: { label: string; from: number } | undefined;
  for (const boundary of text.matchAll(/^-----(BEGIN|END) ([A-Z0-9 ]{1,64})-----[ \t]*$/gm)) {
    const isBegin = boundary[1] === "BEGIN";
    const name = boundary[2]!;
    if (isBegin !== (begun === undefined) || (begun !== undefined && begun.label !== name)) {
      throw new DecodeError("bad-framing", { path: "PEM", offset: boundary.index });
    }
    if (begun === undefined) begun = { label: name, from: boundary.index + boundary[0].length };
    else {
      if (label === undefined || label === name)
        found.push(decodeBase64(text.slice(begun.from, boundary.index), begun.from));
      begun = undefined;
    }
  }
  if (begun !== undefined) throw new DecodeError("bad-framing", { path: "PEM", offset: begun.from });
  return found;
}

function decodeBase64(text: string, offset: number): Uint8Array {
  const digits = text.replaceAll(/[ \t\r\n]/g, "");
  // Headers (`Proc-Type: …`) belong to encrypted keys: they are no base64 and refused with the rest.
  if (digits.length === 0 || digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(digits)) {
    throw new DecodeError("wrong-type", { path: "PEM", offset });
  }
  const binary = atob(digits);
  if (btoa(binary) !== digits) throw new DecodeError("not-canonical", { path: "PEM", offset });
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
