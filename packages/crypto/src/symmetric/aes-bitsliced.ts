/**
 * AES-128 on two blocks at once, by logic alone: no table, no branch and no address depends on a secret.
 *
 * In: a key schedule, and eight words with the columns of two blocks.  Out: the same eight words, encrypted or decrypted.
 * Not here: modes of operation (./short-key.ts), long messages (node:crypto, which has the processor's own AES).
 * Why: for a radio telegram of 48 octets the library takes ten times as long to make a cipher object as to use it. Tables
 * would be faster than this, and would tell the key to whoever shares the cache.
 * How: word i of the state holds bit i of all 32 octets; within a word, each row of the AES state is one octet, and in it
 * the columns of the first block take the low four bits, those of the second the high four. So MixColumns turns words by
 * whole octets, ShiftRows turns half octets, and SubBytes is a circuit of 113 gates over all octets at once.
 * Source: FIPS 197; the circuit: J. Boyar, R. Peralta, "A small depth-16 circuit for the AES S-box", 2012.
 */

/** Words of a key schedule: four for each of eleven round keys, since the same key is for both blocks. */
export const scheduleWords = 44;

/**
 * The round keys of two keys at once.
 *
 * @param first   Four words, least significant octet first, of one key.
 * @param second  Of the other; the same again when there is but one.
 */
export function expandPair(
  first: Int32Array,
  second: Int32Array,
  scheduleOfFirst: Int32Array,
  scheduleOfSecond: Int32Array,
): void {
  const one = new Int32Array(first);
  const two = new Int32Array(second);
  const words = new Int32Array(8);
  for (let round = 0; ; round++) {
    writeRoundKey(one, scheduleOfFirst, round * 4, words);
    writeRoundKey(two, scheduleOfSecond, round * 4, words);
    if (round === 10) break;
    words.fill(0);
    words[0] = one[3]!;
    words[1] = two[3]!;
    transpose(words);
    substitute(words);
    transpose(words);
    // RotWord after SubWord is the same as before: both work on single octets.
    one[0]! ^= ((words[0] >>> 8) | (words[0] << 24)) ^ roundConstants[round]!;
    two[0]! ^= ((words[1] >>> 8) | (words[1] << 24)) ^ roundConstants[round]!;
    for (let column = 1; column < 4; column++) {
      one[column]! ^= one[column - 1]!;
      two[column]! ^= two[column - 1]!;
    }
  }
  for (const secrets of [one, two, words]) secrets.fill(0);
}

/** In each octet of a plane both halves are the same, so a word has room for two planes: 176 octets a key instead of 352. */
function writeRoundKey(key: Int32Array, schedule: Int32Array, at: number, words: Int32Array): void {
  words.set(key, 0);
  words.set(key, 4);
  transpose(words);
  for (let pair = 0; pair < 4; pair++) {
    schedule[at + pair] = (words[2 * pair]! & lowHalves) | (words[2 * pair + 1]! & ~lowHalves);
  }
}

/** The eight columns of two blocks ⇄ eight planes of bits. Its own inverse: in each octet lane a matrix of 8 × 8 is turned over. */
function transpose(words: Int32Array): void {
  for (let at = 0; at < 8; at += 2) exchange(words, at, at + 1, 0x55555555, 1);
  for (let at = 0; at < 8; at += at % 4 === 0 ? 1 : 3) exchange(words, at, at + 2, 0x33333333, 2);
  for (let at = 0; at < 4; at++) exchange(words, at, at + 4, 0x0f0f0f0f, 4);
}

/** The high bits of one word against the low bits of the other. */
function exchange(words: Int32Array, a: number, b: number, mask: number, shift: number): void {
  const low = words[a]!;
  const high = words[b]!;
  const swapped = ((low >>> shift) ^ high) & mask;
  words[b] = high ^ swapped;
  words[a] = low ^ (swapped << shift);
}

/** SubBytes on eight planes of bits, plane 0 the lowest bit. */
function substitute(q: Int32Array): void {
  let q0 = q[0]!;
  let q1 = q[1]!;
  let q2 = q[2]!;
  let q3 = q[3]!;
  let q4 = q[4]!;
  let q5 = q[5]!;
  let q6 = q[6]!;
  let q7 = q[7]!;
  const y14 = q4 ^ q2;
  const y13 = q7 ^ q1;
  const y9 = q7 ^ q4;
  const y8 = q7 ^ q2;
  const t0 = q6 ^ q5;
  const y1 = t0 ^ q0;
  const y4 = y1 ^ q4;
  const y12 = y13 ^ y14;
  const y2 = y1 ^ q7;
  const y5 = y1 ^ q1;
  const y3 = y5 ^ y8;
  const t1 = q3 ^ y12;
  const y15 = t1 ^ q2;
  const y20 = t1 ^ q6;
  const y6 = y15 ^ q0;
  const y10 = y15 ^ t0;
  const y11 = y20 ^ y9;
  const y7 = q0 ^ y11;
  const y17 = y10 ^ y11;
  const y19 = y10 ^ y8;
  const y16 = t0 ^ y11;
  const y21 = y13 ^ y16;
  const y18 = q7 ^ y16;
  const t2 = y12 & y15;
  const t3 = y3 & y6;
  const t4 = t3 ^ t2;
  const t5 = y4 & q0;
  const t6 = t5 ^ t2;
  const t7 = y13 & y16;
  const t8 = y5 & y1;
  const t9 = t8 ^ t7;
  const t10 = y2 & y7;
  const t11 = t10 ^ t7;
  const t12 = y9 & y11;
  const t13 = y14 & y17;
  const t14 = t13 ^ t12;
  const t15 = y8 & y10;
  const t16 = t15 ^ t12;
  const t17 = t4 ^ t14;
  const t18 = t6 ^ t16;
  const t19 = t9 ^ t14;
  const t20 = t11 ^ t16;
  const t21 = t17 ^ y20;
  const t22 = t18 ^ y19;
  const t23 = t19 ^ y21;
  const t24 = t20 ^ y18;
  const t25 = t21 ^ t22;
  const t26 = t21 & t23;
  const t27 = t24 ^ t26;
  const t28 = t25 & t27;
  const t29 = t28 ^ t22;
  const t30 = t23 ^ t24;
  const t31 = t22 ^ t26;
  const t32 = t31 & t30;
  const t33 = t32 ^ t24;
  const t34 = t23 ^ t33;
  const t35 = t27 ^ t33;
  const t36 = t24 & t35;
  const t37 = t36 ^ t34;
  const t38 = t27 ^ t36;
  const t39 = t29 & t38;
  const t40 = t25 ^ t39;
  const t41 = t40 ^ t37;
  const t42 = t29 ^ t33;
  const t43 = t29 ^ t40;
  const t44 = t33 ^ t37;
  const t45 = t42 ^ t41;
  const z0 = t44 & y15;
  const z1 = t37 & y6;
  const z2 = t33 & q0;
  const z3 = t43 & y16;
  const z4 = t40 & y1;
  const z5 = t29 & y7;
  const z6 = t42 & y11;
  const z7 = t45 & y17;
  const z8 = t41 & y10;
  const z9 = t44 & y12;
  const z10 = t37 & y3;
  const z11 = t33 & y4;
  const z12 = t43 & y13;
  const z13 = t40 & y5;
  const z14 = t29 & y2;
  const z15 = t42 & y9;
  const z16 = t45 & y14;
  const z17 = t41 & y8;
  const t46 = z15 ^ z16;
  const t47 = z10 ^ z11;
  const t48 = z5 ^ z13;
  const t49 = z9 ^ z10;
  const t50 = z2 ^ z12;
  const t51 = z2 ^ z5;
  const t52 = z7 ^ z8;
  const t53 = z0 ^ z3;
  const t54 = z6 ^ z7;
  const t55 = z16 ^ z17;
  const t56 = z12 ^ t48;
  const t57 = t50 ^ t53;
  const t58 = z4 ^ t46;
  const t59 = z3 ^ t54;
  const t60 = t46 ^ t57;
  const t61 = z14 ^ t57;
  const t62 = t52 ^ t58;
  const t63 = t49 ^ t58;
  const t64 = z4 ^ t59;
  const t65 = t61 ^ t62;
  const t66 = z1 ^ t63;
  const s0 = t59 ^ t63;
  const s6 = t56 ^ ~t62;
  const s7 = t48 ^ ~t60;
  const t67 = t64 ^ t65;
  const s3 = t53 ^ t66;
  const s4 = t51 ^ t66;
  const s5 = t47 ^ t65;
  const s1 = t64 ^ ~s3;
  const s2 = t55 ^ ~t67;
  q7 = s0;
  q6 = s1;
  q5 = s2;
  q4 = s3;
  q3 = s4;
  q2 = s5;
  q1 = s6;
  q0 = s7;
  q[0] = q0;
  q[1] = q1;
  q[2] = q2;
  q[3] = q3;
  q[4] = q4;
  q[5] = q5;
  q[6] = q6;
  q[7] = q7;
}

/** Encrypts the two blocks in `words`; both with the same key. */
export function encryptPair(schedule: Int32Array, words: Int32Array): void {
  transpose(words);
  addRoundKey(schedule, 0, words);
  for (let key = 4; key < 40; key += 4) {
    substitute(words);
    shiftRows(words);
    mixColumns(words);
    addRoundKey(schedule, key, words);
  }
  substitute(words);
  shiftRows(words);
  addRoundKey(schedule, 40, words);
  transpose(words);
}

/** Decrypts the two blocks in `words`; both with the same key. */
export function decryptPair(schedule: Int32Array, words: Int32Array): void {
  transpose(words);
  addRoundKey(schedule, 40, words);
  for (let key = 36; key > 0; key -= 4) {
    unshiftRows(words);
    unsubstitute(words);
    addRoundKey(schedule, key, words);
    unmixColumns(words);
  }
  unshiftRows(words);
  unsubstitute(words);
  addRoundKey(schedule, 0, words);
  transpose(words);
}

function addRoundKey(schedule: Int32Array, key: number, q: Int32Array): void {
  for (let pair = 0; pair < 4; pair++) {
    const both = schedule[key + pair]!;
    const low = both & lowHalves;
    const high = both & ~lowHalves;
    q[2 * pair]! ^= low | (low << 4);
    q[2 * pair + 1]! ^= high | (high >>> 4);
  }
}

/** Row r is turned by r columns: each half octet of octet r of a word, by r bits. */
function shiftRows(q: Int32Array): void {
  for (let bit = 0; bit < 8; bit++) {
    const x = q[bit]!;
    q[bit] =
      (x & 0x000000ff) |
      (((x >>> 1) & 0x00007700) | ((x << 3) & 0x00008800)) |
      (((x >>> 2) & 0x00330000) | ((x << 2) & 0x00cc0000)) |
      (((x >>> 3) & 0x11000000) | ((x << 1) & 0xee000000));
  }
}

function unshiftRows(q: Int32Array): void {
  for (let bit = 0; bit < 8; bit++) {
    const x = q[bit]!;
    q[bit] =
      (x & 0x000000ff) |
      (((x << 1) & 0x0000ee00) | ((x >>> 3) & 0x00001100)) |
      (((x << 2) & 0x00cc0000) | ((x >>> 2) & 0x00330000)) |
      (((x << 3) & 0x88000000) | ((x >>> 1) & 0x77000000));
  }
}

/** Each octet becomes 2·a ⊕ 3·b ⊕ c ⊕ d, b to d being those below it: 2·(a ⊕ b) ⊕ b ⊕ (c ⊕ d). */
function mixColumns(q: Int32Array): void {
  const top = q[7]! ^ nextRow(q[7]!);
  let doubled = top; // what falls out above comes in as 1B: bits 0, 1, 3 and 4
  for (let bit = 0; bit < 8; bit++) {
    const below = nextRow(q[bit]!);
    const sum = q[bit]! ^ below;
    q[bit] = doubled ^ below ^ ((sum >>> 16) | (sum << 16));
    doubled = bit === 0 || bit === 2 || bit === 3 ? sum ^ top : sum;
  }
}

/** The inverse is MixColumns after a ⊕ 4·(a ⊕ c): the product of the two polynomials is 1. */
function unmixColumns(q: Int32Array): void {
  const [d0, d1, d2, d3, d4, d5, d6, d7] = [
    far(q[0]!),
    far(q[1]!),
    far(q[2]!),
    far(q[3]!),
    far(q[4]!),
    far(q[5]!),
    far(q[6]!),
    far(q[7]!),
  ];
  q[0]! ^= d6;
  q[1]! ^= d6 ^ d7;
  q[2]! ^= d0 ^ d7;
  q[3]! ^= d1 ^ d6;
  q[4]! ^= d2 ^ d6 ^ d7;
  q[5]! ^= d3 ^ d7;
  q[6]! ^= d4;
  q[7]! ^= d5;
  mixColumns(q);
}

/** The rows moved up by one. */
function nextRow(x: number): number {
  return (x >>> 8) | (x << 24);
}

function far(x: number): number {
  return x ^ ((x >>> 16) | (x << 16));
}

/** S is affine after the inverse in the field, so S⁻¹ is S between two times the inverse of its affine part. */
function unsubstitute(q: Int32Array): void {
  unaffine(q);
  substitute(q);
  unaffine(q);
}

/** Bit i becomes the sum of bits i+2, i+5 and i+7, after 63 was taken off. */
function unaffine(q: Int32Array): void {
  const [q0, q1, q2, q3, q4, q5, q6, q7] = [~q[0]!, ~q[1]!, q[2]!, q[3]!, q[4]!, ~q[5]!, ~q[6]!, q[7]!];
  q[0] = q2 ^ q5 ^ q7;
  q[1] = q3 ^ q6 ^ q0;
  q[2] = q4 ^ q7 ^ q1;
  q[3] = q5 ^ q0 ^ q2;
  q[4] = q6 ^ q1 ^ q3;
  q[5] = q7 ^ q2 ^ q4;
  q[6] = q0 ^ q3 ^ q5;
  q[7] = q1 ^ q4 ^ q6;
}

const roundConstants = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b, 0x36];
const lowHalves = 0x0f0f0f0f;
