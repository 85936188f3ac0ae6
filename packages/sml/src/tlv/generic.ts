/**
 * Any SML element without knowing what it means: for message bodies whose fields no open source confirms (COSEM),
 * for bodies of makers. And the end of any element, to go on behind a message that does not follow its declaration.
 */

import type { Codec } from "@siegel/wire";
import { type SmlReader, tlvType } from "./reader.ts";
import type { SmlWriter } from "./writer.ts";

export type Tlv =
  | { readonly type: "octets"; readonly value: Uint8Array }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "signed" | "unsigned"; readonly byteLength: number; readonly value: number | bigint }
  | { readonly type: "list"; readonly value: readonly Tlv[] };

/** One element of any type. Nested lists are bounded by the reader's depth limit. */
export const anyElement: Codec<Tlv, SmlReader, SmlWriter> = {
  name: "element",
  read(reader) {
    const start = reader.at;
    reader.tl();
    switch (reader.type) {
      case tlvType.octets:
        return { type: "octets", value: reader.take(reader.length) };
      case tlvType.boolean:
        if (reader.length !== 1) throw reader.error("wrong-length", start);
        return { type: "boolean", value: reader.u8() !== 0 };
      case tlvType.signed:
      case tlvType.unsigned: {
        const byteLength = reader.length;
        if (byteLength < 1 || byteLength > 8) throw reader.error("wrong-length", start);
        return reader.type === tlvType.signed
          ? { type: "signed", byteLength, value: reader.signedValue() }
          : { type: "unsigned", byteLength, value: reader.unsignedValue() };
      }
      case tlvType.list: {
        const value: Tlv[] = [];
        reader.enter();
        try {
          for (let left = reader.length; left > 0; left--) value.push(anyElement.read(reader));
        } finally {
          reader.leave(); // a lenient reader goes on with the next message
        }
        return { type: "list", value };
      }
      default:
        throw reader.error("wrong-type", start);
    }
  },
  write(writer, element) {
    switch (element.type) {
      case "octets":
        return writer.octets(element.value);
      case "boolean":
        writer.tl(tlvType.boolean, 1);
        return writer.u8(element.value ? 1 : 0);
      case "signed":
        return writer.integer(tlvType.signed, element.value, element.byteLength);
      case "unsigned":
        return writer.integer(tlvType.unsigned, element.value, element.byteLength);
      case "list":
        writer.tl(tlvType.list, element.value.length);
        for (const child of element.value) anyElement.write(writer, child);
    }
  },
};

/** Moves behind the next elements, of any type and nesting: no recursion, no values. */
export function skipElements(reader: SmlReader, count: number): void {
  for (let left = count; left > 0; left--) {
    const start = reader.at;
    reader.tl();
    if (reader.type === tlvType.list) left += reader.length;
    else if (reader.type === tlvType.octets || reader.type >= tlvType.boolean) reader.at += reader.length;
    else throw reader.error("wrong-type", start);
  }
}
