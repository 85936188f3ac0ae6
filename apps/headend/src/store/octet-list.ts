/** Several strings of octets in one column: each with its length before it, 32 bits, high byte first. */

export function joinOctets(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + 4 + part.length, 0));
  const view = new DataView(joined.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    joined.set(part, at + 4);
    at += 4 + part.length;
  }
  return joined;
}

/** What `joinOctets` made; copies. */
export function splitOctets(joined: Uint8Array): Uint8Array[] {
  const view = new DataView(joined.buffer, joined.byteOffset, joined.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < joined.length; at += 4 + view.getUint32(at)) {
    parts.push(joined.slice(at + 4, at + 4 + view.getUint32(at)));
  }
  return parts;
}
