/**
 * BCC, the block check character: exclusive or of all characters after the first SOH or STX, ETX or EOT included.
 *
 * All eight bits count: a character whose parity was wrong keeps bit 7, and the check fails over it.
 * It finds any single changed bit, and none of two changes in the same bit position: a weak check. What matters is
 * protected otherwise, or is read twice.
 * Source: IEC 62056-21 §6.1 (after ISO 1155); test vectors in the tests.
 */

/** BCC of the octets `[from, to)`: from the one after SOH or STX to just behind ETX or EOT. */
export function blockCheck(octets: Uint8Array, from = 0, to = octets.length): number {
  let check = 0;
  for (let at = from; at < to; at++) check ^= octets[at]!;
  return check;
}
