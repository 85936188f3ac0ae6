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
  overBlocks(parts, 64, (octets, at) => compress256(state, octets, at));
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
  overBlocks(parts, 128, (octets, at) => compress512(state, octets, at));
  return octetsOf(state, byteLength);
}

/** Takes the block that begins at this place into the state. */
type Compress = (octets: DataView, at: number) => void;

/**
 * Each block of the padded message: the message, 80, zeros, its length in bits in the last eighth of a block.
 *
 * Whole blocks are read where they stand; only what is left of a part is copied.
 */
export function overBlocks(parts: readonly Uint8Array[], blockBytes: number, compress: Compress): void {
  const block = new Uint8Array(blockBytes);
  const view = new DataView(block.buffer);
  let used = 0;
  let byteLength = 0;
  for (const part of parts) {
    byteLength += part.length;
    let at = 0;
    if (used > 0) {
      at = Math.min(blockBytes - used, part.length);
      block.set(part.subarray(0, at), used);
      used += at;
      if (used < blockBytes) continue;
      compress(view, 0);
    }
    const octets = new DataView(part.buffer, part.byteOffset, part.byteLength);
    for (; at + blockBytes <= part.length; at += blockBytes) compress(octets, at);
    block.set(part.subarray(at));
    used = part.length - at;
  }
  block[used++] = 0x80;
  block.fill(0, used);
  if (used > blockBytes - blockBytes / 8) {
    compress(view, 0);
    block.fill(0);
  }
  // Below 2⁵³ octets: the rest of the length field stays zero.
  view.setUint32(blockBytes - 8, Math.floor(byteLength / 2 ** 29));
  view.setUint32(blockBytes - 4, byteLength * 8); // its low 32 bits
  compress(view, 0);
}

/** FIPS 180-4 §6.2.2. */
function compress256(state: Int32Array, octets: DataView, start: number): void {
  const w = schedule256;
  for (let t = 0; t < 16; t++) w[t] = octets.getInt32(start + 4 * t);
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!;
    const y = w[t - 2]!;
    const s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
    const s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
    w[t] = (s1 + w[t - 7]! + s0 + w[t - 16]!) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
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

/** FIPS 180-4 §6.4.2. Word t stands at 2t (high) and 2t + 1 (low); so do the variables a to h. */
function compress512(state: Int32Array, octets: DataView, start: number): void {
  const w = schedule512;
  for (let at = 0; at < 32; at++) w[at] = octets.getInt32(start + 4 * at);
  for (let at = 32; at < 160; at += 2) {
    const xh = w[at - 30]!;
    const xl = w[at - 29]!;
    const yh = w[at - 4]!;
    const yl = w[at - 3]!;
    const s0h = turned(xh, xl, 1) ^ turned(xh, xl, 8) ^ (xh >>> 7);
    const s0l = turned(xl, xh, 1) ^ turned(xl, xh, 8) ^ turned(xl, xh, 7);
    const s1h = turned(yh, yl, 19) ^ turned(yl, yh, 29) ^ (yh >>> 6);
    const s1l = turned(yl, yh, 19) ^ turned(yh, yl, 29) ^ turned(yl, yh, 6);
    const low = (s0l >>> 0) + (s1l >>> 0) + (w[at - 13]! >>> 0) + (w[at - 31]! >>> 0);
    w[at] = (s0h + s1h + w[at - 14]! + w[at - 32]! + carry(low)) | 0;
    w[at + 1] = low | 0;
  }
  let ah = state[0]!;
  let al = state[1]!;
  let bh = state[2]!;
  let bl = state[3]!;
  let ch = state[4]!;
  let cl = state[5]!;
  let dh = state[6]!;
  let dl = state[7]!;
  let eh = state[8]!;
  let el = state[9]!;
  let fh = state[10]!;
  let fl = state[11]!;
  let gh = state[12]!;
  let gl = state[13]!;
  let hh = state[14]!;
  let hl = state[15]!;
  for (let at = 0; at < 160; at += 2) {
    const sum1h = turned(eh, el, 14) ^ turned(eh, el, 18) ^ turned(el, eh, 9);
    const sum1l = turned(el, eh, 14) ^ turned(el, eh, 18) ^ turned(eh, el, 9);
    const choiceL = (el & fl) ^ (~el & gl);
    const t1l = (hl >>> 0) + (sum1l >>> 0) + (choiceL >>> 0) + (rounds[at + 1]! >>> 0) + (w[at + 1]! >>> 0);
    const t1h = (hh + sum1h + ((eh & fh) ^ (~eh & gh)) + rounds[at]! + w[at]! + carry(t1l)) | 0;
    const sum0h = turned(ah, al, 28) ^ turned(al, ah, 2) ^ turned(al, ah, 7);
    const sum0l = turned(al, ah, 28) ^ turned(ah, al, 2) ^ turned(ah, al, 7);
    const t2l = (sum0l >>> 0) + (((al & bl) ^ (al & cl) ^ (bl & cl)) >>> 0) + (t1l >>> 0);
    const t2h = (sum0h + ((ah & bh) ^ (ah & ch) ^ (bh & ch)) + t1h + carry(t2l)) | 0;
    const nextE = (dl >>> 0) + (t1l >>> 0);
    hh = gh;
    hl = gl;
    gh = fh;
    gl = fl;
    fh = eh;
    fl = el;
    eh = (dh + t1h + carry(nextE)) | 0;
    el = nextE | 0;
    dh = ch;
    dl = cl;
    ch = bh;
    cl = bl;
    bh = ah;
    bl = al;
    ah = t2h;
    al = t2l | 0;
  }
  add(state, 0, ah, al);
  add(state, 2, bh, bl);
  add(state, 4, ch, cl);
  add(state, 6, dh, dl);
  add(state, 8, eh, el);
  add(state, 10, fh, fl);
  add(state, 12, gh, gl);
  add(state, 14, hh, hl);
}

/** Adds a word of 64 bits to the one that stands there. */
function add(state: Int32Array, at: number, high: number, low: number): void {
  const sum = (state[at + 1]! >>> 0) + (low >>> 0);
  state[at] = (state[at]! + high + carry(sum)) | 0;
  state[at + 1] = sum | 0;
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
