/**
 * An AES-128 key for short messages: the modes of radio telegrams without a cipher object of the library.
 *
 * In: a key, once; then messages of some hundred octets.  Out: CBC, CTR and CMAC of them, and keys derived from it.
 * Not here: CCM (./short-ccm.ts), padding (a radio telegram has its own), anything above some kilobytes (node:crypto).
 * Why a schedule in our own memory: making a cipher object costs more than a telegram does (docs/decisions/0015). What that
 * costs is in docs/limits.md: the expanded key lies in the heap of the program, not behind the library's handle.
 * Source: NIST SP 800-38A (CBC, CTR), SP 800-38B and RFC 4493 (CMAC).
 */

import { CipherError } from "../errors.ts";
import { type SecretKey, withOctets } from "../secret-key.ts";
import { decryptPair, encryptPair, expandPair, scheduleWords } from "./aes-bitsliced.ts";

/** Prints as `ShortKey(16)` wherever an object may be printed. */
export class ShortKey {
  readonly #schedule: Int32Array;
  /** The CMAC subkey for whole blocks, made at the first use. */
  #subkey: Int32Array | undefined;

  private constructor(schedule: Int32Array) {
    this.#schedule = schedule;
  }

  /**
   * A key of these 16 octets. Whoever no longer needs his octets fills them with zeros.
   *
   * @throws {CipherError} "bad-key-length".
   */
  static fromBytes(octets: Uint8Array): ShortKey {
    if (octets.length !== 16) throw new CipherError("bad-key-length");
    loadBlock(octets, 0, keyOne, 0);
    return ShortKey.#expanded()[0];
  }

  /** The same key as a handle's. @throws {CipherError} "bad-key-length". */
  static of(key: SecretKey): ShortKey {
    return withOctets(key, (octets) => ShortKey.fromBytes(octets));
  }

  /** The keys that lie in `keyOne` and `keyTwo`, which are zeros afterwards. */
  static #expanded(): [ShortKey, ShortKey] {
    const [first, second] = [new Int32Array(scheduleWords), new Int32Array(scheduleWords)];
    expandPair(keyOne, keyTwo, first, second);
    keyOne.fill(0);
    keyTwo.fill(0);
    return [new ShortKey(first), new ShortKey(second)];
  }

  /**
   * Decrypts whole blocks of CBC.
   *
   * @param vector  The 16 octets before the first block.
   * @throws {CipherError} "bad-length" unless `ciphertext` is a multiple of 16 octets and the vector one block.
   */
  decryptCbc(vector: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    checkBlocks(vector, ciphertext);
    const plaintext = new Uint8Array(ciphertext.length);
    for (let at = 0; at < ciphertext.length; at += 32) {
      const isPair = at + 32 <= ciphertext.length;
      loadBlock(ciphertext, at, pair, 0);
      if (isPair) loadBlock(ciphertext, at + 16, pair, 4);
      decryptPair(this.#schedule, pair);
      if (at === 0) storeXored(pair, 0, vector, 0, plaintext, 0);
      else storeXored(pair, 0, ciphertext, at - 16, plaintext, at);
      if (isPair) storeXored(pair, 4, ciphertext, at, plaintext, at + 16);
    }
    pair.fill(0);
    return plaintext;
  }

  /** Encrypts whole blocks. @throws {CipherError} "bad-length", as `decryptCbc`. */
  encryptCbc(vector: Uint8Array, plaintext: Uint8Array): Uint8Array {
    checkBlocks(vector, plaintext);
    const ciphertext = new Uint8Array(plaintext.length);
    loadBlock(vector, 0, pair, 0);
    for (let at = 0; at < plaintext.length; at += 16) {
      xorBlock(plaintext, at, pair);
      encryptPair(this.#schedule, pair);
      storeBlock(pair, 0, ciphertext, at);
    }
    pair.fill(0);
    return ciphertext;
  }

  /**
   * Encrypts or decrypts with a key stream. Whoever encrypts sees to it that no block of the counter comes twice.
   *
   * @param first  The first counter block; the whole block counts up, most significant octet first.
   * @throws {CipherError} "bad-length" unless `first` has 16 octets.
   */
  ctr(first: Uint8Array, octets: Uint8Array): Uint8Array {
    if (first.length !== 16) throw new CipherError("bad-length");
    const result = new Uint8Array(octets.length);
    const counter = new Uint8Array(first);
    const stream = new Uint8Array(32);
    for (let at = 0; at < octets.length; at += 32) {
      loadBlock(counter, 0, pair, 0);
      countUp(counter);
      loadBlock(counter, 0, pair, 4);
      countUp(counter);
      encryptPair(this.#schedule, pair);
      storeBlock(pair, 0, stream, 0);
      storeBlock(pair, 4, stream, 16);
      const end = Math.min(at + 32, octets.length);
      for (let index = at; index < end; index++) result[index] = octets[index]! ^ stream[index - at]!;
    }
    stream.fill(0);
    pair.fill(0);
    return result;
  }

  /** The 16 octets of CMAC over all parts, one after another. */
  cmac(...parts: readonly Uint8Array[]): Uint8Array {
    const chain = new CbcMac(this.#schedule);
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    let left = length;
    for (const part of parts) {
      const inLast = Math.max(0, Math.min(part.length, part.length - (left - lastBlockLength(length))));
      chain.add(part, part.length - inLast);
      chain.hold(part, part.length - inLast);
      left -= part.length;
    }
    return chain.finish(this.#wholeSubkey());
  }

  /** CBC-MAC over whole blocks without the subkeys of CMAC: for CCM, whose first block tells the length. */
  cbcMac(blocks: Uint8Array): Uint8Array {
    if (blocks.length % 16 !== 0) throw new CipherError("bad-length");
    const chain = new CbcMac(this.#schedule);
    chain.add(blocks, blocks.length);
    return chain.state();
  }

  /**
   * Two keys, each the CMAC of one block under this key. Both at the price of one.
   *
   * @throws {CipherError} "bad-length" unless both have 16 octets.
   */
  derivePair(first: Uint8Array, second: Uint8Array): [ShortKey, ShortKey] {
    if (first.length !== 16 || second.length !== 16) throw new CipherError("bad-length");
    const subkey = this.#wholeSubkey();
    loadBlock(first, 0, pair, 0);
    loadBlock(second, 0, pair, 4);
    for (let word = 0; word < 8; word++) pair[word]! ^= subkey[word & 3]!;
    encryptPair(this.#schedule, pair);
    keyOne.set(pair.subarray(0, 4));
    keyTwo.set(pair.subarray(4, 8));
    pair.fill(0);
    return ShortKey.#expanded();
  }

  /** Writes zeros over the key. From here on it opens nothing; whoever holds it must not use it any more. */
  erase(): void {
    this.#schedule.fill(0);
    this.#subkey?.fill(0);
    this.#subkey = undefined;
  }

  #wholeSubkey(): Int32Array {
    if (this.#subkey !== undefined) return this.#subkey;
    pair.fill(0);
    encryptPair(this.#schedule, pair);
    this.#subkey = doubled(pair.subarray(0, 4));
    pair.fill(0);
    return this.#subkey;
  }

  toString(): string {
    return "ShortKey(16)";
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** A chain of blocks under way: octets in, one block of state. Used within one call only. */
class CbcMac {
  readonly #schedule: Int32Array;
  readonly #state = new Int32Array(8);
  /** Octets of the current block that are in the state already. */
  #filled = 0;

  constructor(schedule: Int32Array) {
    this.#schedule = schedule;
  }

  /** Takes octets `[0, end)`; every block is encrypted as soon as it is whole. */
  add(octets: Uint8Array, end: number): void {
    let at = 0;
    while (at < end) {
      if (this.#filled === 0 && at + 16 <= end) {
        xorBlock(octets, at, this.#state);
        at += 16;
        encryptPair(this.#schedule, this.#state);
        continue;
      }
      xorOctet(this.#state, this.#filled++, octets[at++]!);
      if (this.#filled === 16) {
        this.#filled = 0;
        encryptPair(this.#schedule, this.#state);
      }
    }
  }

  /** Takes the octets from `start` on as part of the last block, which `finish` encrypts. */
  hold(octets: Uint8Array, start: number): void {
    for (let at = start; at < octets.length; at++) xorOctet(this.#state, this.#filled++, octets[at]!);
  }

  finish(wholeSubkey: Int32Array): Uint8Array {
    const isWhole = this.#filled === 16;
    if (!isWhole) xorOctet(this.#state, this.#filled, 0x80);
    const subkey = isWhole ? wholeSubkey : doubled(wholeSubkey);
    for (let word = 0; word < 4; word++) this.#state[word]! ^= subkey[word]!;
    encryptPair(this.#schedule, this.#state);
    return this.state();
  }

  state(): Uint8Array {
    const mac = new Uint8Array(16);
    storeBlock(this.#state, 0, mac, 0);
    this.#state.fill(0);
    return mac;
  }
}

/** 1 to 16, and 0 for the empty message, whose last block is all padding. */
function lastBlockLength(length: number): number {
  return length === 0 ? 0 : ((length - 1) % 16) + 1;
}

/** Times x in GF(2¹²⁸), for words whose least significant octet comes first. Without a branch on the secret bits. */
function doubled(block: Int32Array): Int32Array {
  const [a, b, c, d] = [swapped(block[0]!), swapped(block[1]!), swapped(block[2]!), swapped(block[3]!)];
  const twice = new Int32Array(4);
  twice[0] = swapped((a << 1) | (b >>> 31));
  twice[1] = swapped((b << 1) | (c >>> 31));
  twice[2] = swapped((c << 1) | (d >>> 31));
  twice[3] = swapped((d << 1) ^ (0x87 & (a >> 31)));
  return twice;
}

function swapped(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function checkBlocks(vector: Uint8Array, octets: Uint8Array): void {
  if (vector.length !== 16 || octets.length % 16 !== 0) throw new CipherError("bad-length");
}

/** One more, from the last octet on. Counters are public: a branch tells nothing. */
function countUp(counter: Uint8Array): void {
  for (let at = 15; at >= 0; at--) if (++counter[at]! !== 0) return;
}

function loadBlock(octets: Uint8Array, at: number, words: Int32Array, word: number): void {
  for (let index = 0; index < 4; index++) {
    const from = at + 4 * index;
    words[word + index] =
      octets[from]! | (octets[from + 1]! << 8) | (octets[from + 2]! << 16) | (octets[from + 3]! << 24);
  }
}

function xorBlock(octets: Uint8Array, at: number, words: Int32Array): void {
  for (let index = 0; index < 16; index += 4) {
    const from = at + index;
    words[index >> 2]! ^=
      octets[from]! | (octets[from + 1]! << 8) | (octets[from + 2]! << 16) | (octets[from + 3]! << 24);
  }
}

function xorOctet(words: Int32Array, at: number, octet: number): void {
  words[at >> 2]! ^= octet << (8 * (at & 3));
}

function storeBlock(words: Int32Array, word: number, octets: Uint8Array, at: number): void {
  for (let index = 0; index < 16; index++) octets[at + index] = words[word + (index >> 2)]! >>> (8 * (index & 3));
}

function storeXored(
  words: Int32Array,
  word: number,
  other: Uint8Array,
  otherAt: number,
  octets: Uint8Array,
  at: number,
): void {
  for (let index = 0; index < 16; index++) {
    octets[at + index] = (words[word + (index >> 2)]! >>> (8 * (index & 3))) ^ other[otherAt + index]!;
  }
}

/** Working words of one call; zeros between calls. One thread runs one call at a time. */
const pair = new Int32Array(8);
const keyOne = new Int32Array(4);
const keyTwo = new Int32Array(4);
