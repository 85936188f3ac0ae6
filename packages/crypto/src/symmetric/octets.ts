/** What the library hands out → octets of our own: a plain Uint8Array over memory that nobody else has. */

/** Both in one. */
export function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
