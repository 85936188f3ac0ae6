/**
 * SML transport protocol version 1: one payload to the bytes on the line.
 * Source: SML 1.04, transport protocol v1 (BSI TR-03109-1, Anlage IV).
 */

import { ByteWriter, crc16X25 } from "@siegel/wire";
import { endMark, escapeByte, startVersion1 } from "./marks.ts";

/**
 * One SML file as it goes on the line: start mark, payload with every four 1b doubled, fill, end mark, checksum.
 *
 * @param payload  One or more encoded SML messages.
 */
export function wrapFile(payload: Uint8Array): Uint8Array {
  const writer = new ByteWriter(2 * payload.length + 32);
  writer.bytes(mark);
  writer.bytes(Uint8Array.of(startVersion1, startVersion1, startVersion1, startVersion1));
  let copied = 0;
  for (let at = payload.indexOf(escapeByte); at >= 0; at = payload.indexOf(escapeByte, at)) {
    let run = 1;
    while (run < 4 && payload[at + run] === escapeByte) run++;
    at += run;
    if (run < 4) continue;
    writer.bytes(payload.subarray(copied, at));
    writer.bytes(mark);
    copied = at;
  }
  writer.bytes(payload.subarray(copied));
  const fill = (4 - (writer.length % 4)) % 4;
  for (let left = fill; left > 0; left--) writer.u8(0);
  writer.bytes(mark);
  writer.u8(endMark);
  writer.u8(fill);
  writer.uintLE(crc16X25.of(writer.written()), 2);
  return writer.toBytes();
}

const mark = Uint8Array.of(escapeByte, escapeByte, escapeByte, escapeByte);
