/**
 * SHA-256, SHA-384 and SHA-512 without Node.
 *
 * In: the parts of a message.  Out: its hash.  For public data; in a page there are no secrets of ours.
 * Why not the browser's own: it answers later only, takes no message in parts, and is missing on pages without TLS.
 * A word of 64 bits is two of 32: `bigint` would take fifty times as long.
 * Source: FIPS 180-4 §5.1 (padding), §6.2 (SHA-256), §6.4 (SHA-512), §6.5 (SHA-384).
 */

import { rounds, start384, start512 } from "./sha2-constants.ts";

/** 32 octets. */
export function sha256(parts: readonly Uint8Array[]): Uint8Array {
  const state = highHalves(start512);
  overBlocks(parts, 64, (block) => compress256(state, block));
  return octetsOf(state, 32);
}

/** 48 octets. */
export function sha384(parts: readonly Uint8Array[]): Uint8Array {
  return sha512From(start384, parts, 48);
}

/** 64 octets. */
export function sha512(parts: readonly Uint8Array[]): Uint8Array {
  return sha512From(start512, parts, 64);
}

function sha512From(start: Int32Array, parts: readonly Uint8Array[], byteLength: number): Uint8Array {
  const state = Int32Array.from(start);
  overBlocks(parts, 128, (block) => compress512(state, block));
  return octetsOf(state, byteLength);
}

/** Each block of the padded message: the message, 80, zeros, its length in bits in the last eighth of a block. */
function overBlocks(parts: readonly Uint8Array[], blockBytes: number, compress: (block: DataView) => void): void {
  const block = new Uint8Array(blockBytes);
  const view = new DataView(block.buffer);
  let used = 0;
  let byteLength = 0;
  for (const part of parts) {
    byteLength += part.length;
    for (let at = 0; at < part.length;) {
      const piece = part.subarray(at, at + blockBytes - used);
      block.set(piece, used);
      used += piece.length;
      at += piece.length;
      if (used < blockBytes) break;
      compress(view);
      used = 0;
    }
  }
  block[used++] = 0x80;
  block.fill(0, used);
  if (used > blockBytes - blockBytes / 8) {
    compress(view);
    block.fill(0);
  }
  // Below 2⁵³ octets: the rest of the length field stays zero.
  view.setUint32(blockBytes - 8, Math.floor(byteLength / 2 ** 29));
  view.setUint32(blockBytes - 4, byteLength * 8); // its low 32 bits
  compress(view);
}

/** FIPS 180-4 §6.2.2. */
function compress256(state: Int32Array, block: DataView): void {
  const w = schedule256;
  for (let t = 0; t < 16; t++) w[t] = block.getInt32(4 * t);
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!;
    const y = w[t - 2]!;
    const s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
    const s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
    w[t] = (s1 + w[t - 7]! + s0 + w[t - 16]!) | 0;
  }
  let [a, b, c, d, e, f, g, h] = eight(state);
  for (let t = 0; t < 64; t++) {
    const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + rounds256[t]! + w[t]!) | 0;
    const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

/** FIPS 180-4 §6.4.2. Word t stands at 2t (high) and 2t + 1 (low). */
function compress512(state: Int32Array, block: DataView): void {
  const w = schedule512;
  for (let at = 0; at < 32; at++) w[at] = block.getInt32(4 * at);
  for (let at = 32; at < 160; at += 2) {
    const xh = w[at - 30]!;
    const xl = w[at - 29]!;
    const yh = w[at - 4]!;
    const yl = w[at - 3]!;
    const s0h = turned(xh, xl, 1) ^ turned(xh, xl, 8) ^ (xh >>> 7);
    const s0l = turned(xl, xh, 1) ^ turned(xl, xh, 8) ^ ((xl >>> 7) | (xh << 25));
    const s1h = turned(yh, yl, 19) ^ turned(yl, yh, 29) ^ (yh >>> 6);
    const s1l = turned(yl, yh, 19) ^ turned(yh, yl, 29) ^ ((yl >>> 6) | (yh << 26));
    const low = (s0l >>> 0) + (s1l >>> 0) + (w[at - 13]! >>> 0) + (w[at - 31]! >>> 0);
    w[at] = (s0h + s1h + w[at - 14]! + w[at - 32]! + carry(low)) | 0;
    w[at + 1] = low | 0;
  }
  const v = working512;
  v.set(state);
  for (let at = 0; at < 160; at += 2) {
    const [ah, al, bh, bl, ch, cl] = [v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, v[5]!];
    const [eh, el, fh, fl, gh, gl] = [v[8]!, v[9]!, v[10]!, v[11]!, v[12]!, v[13]!];
    const sum1h = turned(eh, el, 14) ^ turned(eh, el, 18) ^ turned(el, eh, 9);
    const sum1l = turned(el, eh, 14) ^ turned(el, eh, 18) ^ turned(eh, el, 9);
    const choiceL = (el & fl) ^ (~el & gl);
    const t1low = (v[15]! >>> 0) + (sum1l >>> 0) + (choiceL >>> 0) + (rounds[at + 1]! >>> 0) + (w[at + 1]! >>> 0);
    const t1h = (v[14]! + sum1h + ((eh & fh) ^ (~eh & gh)) + rounds[at]! + w[at]! + carry(t1low)) | 0;
    const sum0h = turned(ah, al, 28) ^ turned(al, ah, 2) ^ turned(al, ah, 7);
    const sum0l = turned(al, ah, 28) ^ turned(ah, al, 2) ^ turned(ah, al, 7);
    const majorityL = (al & bl) ^ (al & cl) ^ (bl & cl);
    const newE = (v[7]! >>> 0) + (t1low >>> 0);
    const newA = (t1low >>> 0) + (sum0l >>> 0) + (majorityL >>> 0);
    const newEh = (v[6]! + t1h + carry(newE)) | 0;
    const newAh = (t1h + sum0h + ((ah & bh) ^ (ah & ch) ^ (bh & ch)) + carry(newA)) | 0;
    v.copyWithin(2, 0, 14);
    v[0] = newAh;
    v[1] = newA | 0;
    v[8] = newEh;
    v[9] = newE | 0;
  }
  for (let at = 0; at < 16; at += 2) {
    const low = (state[at + 1]! >>> 0) + (v[at + 1]! >>> 0);
    state[at] = (state[at]! + v[at]! + carry(low)) | 0;
    state[at + 1] = low | 0;
  }
}

/** One word of 32 bits to the right, around. */
function rotated(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** This half of a word of 64 bits to the right, around, by 1 to 31: what falls out of the other half comes in. */
function turned(half: number, other: number, by: number): number {
  return (half >>> by) | (other << (32 - by));
}

/** What a sum of a few unsigned low halves adds to the high half. */
function carry(low: number): number {
  return (low / 2 ** 32) | 0;
}

function eight(state: Int32Array): [number, number, number, number, number, number, number, number] {
  return [state[0]!, state[1]!, state[2]!, state[3]!, state[4]!, state[5]!, state[6]!, state[7]!];
}

function highHalves(words: Int32Array): Int32Array {
  return words.filter((_, at) => at % 2 === 0);
}

function octetsOf(state: Int32Array, byteLength: number): Uint8Array {
  const octets = new Uint8Array(4 * state.length);
  const view = new DataView(octets.buffer);
  for (const [at, word] of state.entries()) view.setInt32(4 * at, word);
  return octets.slice(0, byteLength);
}

const rounds256 = highHalves(rounds);
/* Scratch space: hashing does not pause, so no two messages use it at a time. */
const schedule256 = new Int32Array(64);
const schedule512 = new Int32Array(160);
const working512 = new Int32Array(16);
