/** The order of the elements of a SET OF. Source: X.690 §11.6. */

/** Octet by octet, as numbers; what ends first is less. */
export function compareEncodings(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let at = 0; at < common; at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return a.length - b.length;
}
