/**
 * OBJECT IDENTIFIER, with a memory for those of this room: one of 128 bits is dear to turn into text, and each delivery has a
 * dozen. Others are read as ever.
 */

import { oid, type Tagged } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { oids } from "../oids.ts";
import { oidDer } from "./tlv.ts";

export function knownOid(): Tagged<string> {
  return {
    ...plain,
    read: (reader) => readContent(reader, reader.expect(plain.tag)),
    readContent,
  };
}

const readContent: Tagged<string>["readContent"] = (reader, length) => {
  const content = reader.bytes.subarray(reader.at, reader.at + length);
  for (const { octets, text } of byLength[length] ?? []) {
    if (!equalBytes(content, octets)) continue;
    reader.take(length);
    return text;
  }
  return plain.readContent(reader, length);
};

const plain = oid();
/** Content octets of all that this room knows, by their number. */
const byLength: { octets: Uint8Array; text: string }[][] = [];
for (const [name, text] of Object.entries(oids)) {
  const octets = oidDer[name as keyof typeof oids].subarray(2); // keys of `oids`; each is shorter than 128 octets
  (byLength[octets.length] ??= []).push({ octets, text });
}
