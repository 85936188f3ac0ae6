/**
 * Whether octets could be records: a look at their lengths alone.
 *
 * For telling a wrong key from missing check octets, and clear text from ciphertext. A guess: of random contents of two
 * blocks one or two in a hundred pass. It never makes anything trusted.
 * Source: EN 13757-3, data information block.
 */

/** At least one record with data, each as long as it says, the last ending with the octets (or manufacturer data to the end). */
export function looksLikeRecords(octets: Uint8Array): boolean {
  let records = 0;
  let at = 0;
  while (at < octets.length) {
    const dif = octets[at]!;
    if (dif === 0x2f) {
      at++;
      continue;
    }
    if (dif === 0x0f || dif === 0x1f) return records > 0;
    const next = isUsual(octets, at) ? recordEnd(octets, at) : -1;
    if (next < 0) return false;
    records++;
    at = next;
  }
  return records > 0 && at === octets.length;
}

/**
 * Whether clear text stands where ciphertext should: the check octets, and behind them a record or manufacturer data. Garbage may
 * follow. Of ciphertexts, one in some hundred thousand looks like this.
 */
export function looksPlain(octets: Uint8Array): boolean {
  if (octets.length < 3 || octets[0] !== 0x2f || octets[1] !== 0x2f) return false;
  let at = 2;
  while (octets[at] === 0x2f) at++;
  return at === octets.length || octets[at] === 0x0f || octets[at] === 0x1f || recordEnd(octets, at) > 0;
}

/** Has data, and no more extensions than records of real meters mostly have: at most one DIFE and two VIFEs. */
function isUsual(octets: Uint8Array, start: number): boolean {
  const type = octets[start]! & 0x0f;
  const vifAt = skipChain(octets, start);
  const dataAt = vifAt < 0 ? -1 : skipChain(octets, vifAt);
  return type !== 0 && type !== 8 && dataAt > 0 && vifAt - start <= 2 && dataAt - vifAt <= 3;
}

function recordEnd(octets: Uint8Array, start: number): number {
  const dif = octets[start]!;
  const type = dif & 0x0f;
  if (type === 0x0f) return -1;
  let at = skipChain(octets, start);
  if (at < 0 || at >= octets.length) return -1;
  const vif = octets[at]! & 0x7f;
  at = skipChain(octets, at);
  if (at < 0) return -1;
  if (vif === 0x7c) at += 1 + (octets[at] ?? 256);
  if (type !== 0x0d) at += dataBytes[type]!;
  else at += 1 + variableBytes(octets[at] ?? 0xff);
  return at <= octets.length ? at : -1;
}

/** Behind an octet and its extensions; −1 beyond ten of them or the end. */
function skipChain(octets: Uint8Array, start: number): number {
  let at = start;
  while (at < octets.length && octets[at]! >= 0x80) if (++at - start > 10) return -1;
  return at < octets.length ? at + 1 : -1;
}

function variableBytes(lvar: number): number {
  if (lvar <= 0xbf) return lvar;
  if (lvar <= 0xc9) return lvar - 0xc0;
  if (lvar >= 0xd0 && lvar <= 0xd9) return lvar - 0xd0;
  if (lvar >= 0xe0 && lvar <= 0xef) return lvar - 0xe0;
  if (lvar >= 0xf0 && lvar <= 0xf4) return 4 * (lvar - 0xec);
  if (lvar === 0xf5) return 48;
  return lvar === 0xf6 ? 64 : 1024;
}

const dataBytes = [0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0];
