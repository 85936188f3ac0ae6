/** A TLV that is taken whole and not looked into: what is inside is read once it is authenticated. */

import type { Der } from "@siegel/pki";

/** Identifier, length and content under this one identifier octet, as a view into the input. */
export function unread({ name, tag, max }: { name: string; tag: number; max: number }): Der<Uint8Array> {
  return {
    name,
    tags: [tag],
    read(reader) {
      const start = reader.at;
      const length = reader.expect(tag);
      if (length > max) throw reader.error("too-long", start);
      reader.take(length);
      return reader.bytes.subarray(start, reader.at);
    },
    write: (writer, value) => writer.bytes(value),
  };
}

/** The same under whatever identifier octet. */
export function unreadAny({ name, max }: { name: string; max: number }): Der<Uint8Array> {
  return {
    name,
    tags: everyTag,
    read(reader) {
      const start = reader.at;
      const length = reader.header();
      if (length > max) throw reader.error("too-long", start);
      reader.take(length);
      return reader.bytes.subarray(start, reader.at);
    },
    write: (writer, value) => writer.bytes(value),
  };
}

const everyTag = Array.from({ length: 256 }, (_, octet) => octet);
