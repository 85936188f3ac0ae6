/**
 * A P1 telegram written: header, objects, `!`, checksum.
 *
 * Source: DSMR P1 companion standard 5.0.2 §6.2.
 */

import { concatBytes, crc16X25, EncodeError } from "@siegel/wire";
import { octetsOfText } from "../framing/octets.ts";
import { type DataSet, encodeData } from "../messages/data-set.ts";
import { checksumText } from "./checksum.ts";

export interface P1Content {
  /** `/ISK5\2M550T-1012`, without CR LF. */
  readonly header: string;
  /** Lines of objects, most with one. */
  readonly lines: readonly (readonly Pick<DataSet, "id" | "groups">[])[];
}

/**
 * @param checksum  "arc" from version 4 on, "none" before; the others are what some meters make of it.
 * @throws {EncodeError} "out-of-range" for a header that is none, or as `encodeData`.
 */
export function encodeP1(
  { header, lines }: P1Content,
  checksum: "arc" | "none" | "lower-case" | "unpadded" | "x25" = "arc",
): Uint8Array {
  if (!/^\/[A-Za-z]{3}[\x21-\x7e][\x20-\x7e]{0,120}$/.test(header)) throw new EncodeError("out-of-range", "header");
  const body = concatBytes(octetsOfText(`${header}\r\n\r\n`), encodeData(lines, { endMark: false }), octetsOfText("!"));
  const crc = checksum === "x25" ? crc16X25.of(body).toString(16).toUpperCase().padStart(4, "0") : checksumText(body);
  const text = { none: "", "lower-case": crc.toLowerCase(), unpadded: crc.replace(/^0+(?=.)/, ""), arc: crc, x25: crc };
  return concatBytes(body, octetsOfText(`${text[checksum]}\r\n`));
}
