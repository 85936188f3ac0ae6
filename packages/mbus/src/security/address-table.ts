/**
 * Addresses → positions 0, 1, 2 …, at the same cost for one meter and for 100,000.
 *
 * Why not a map of the language: its keys would be objects of their own, and a look-up among 100,000 goes to memory six times
 * instead of once. Here the two words of an address lie side by side, and the first place looked at is nearly always the right
 * one. Addresses are entered by whoever owns the gateway; nobody else can make them collide.
 */

import type { MeterAddress } from "../framing/wireless/address.ts";

export class AddressTable {
  /** Three words a place: number, the rest of the address, position + 1; 0 for an empty place. At most half are taken. */
  #places = new Uint32Array(3 * 16);
  #mask = 15;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** −1 when the address was not added. */
  find(address: MeterAddress): number {
    return this.#places[3 * this.#placeOf(address.identification, restOf(address)) + 2]! - 1;
  }

  /** The position of the address; a new one at the end if it has none. */
  add(address: MeterAddress): number {
    const known = this.find(address);
    if (known >= 0) return known;
    if (2 * (this.#size + 1) > this.#mask + 1) this.#grow();
    this.#put(address.identification, restOf(address), this.#size + 1);
    return this.#size++;
  }

  #placeOf(identification: number, rest: number): number {
    let place = mixed(identification, rest) & this.#mask;
    for (;;) {
      const at = 3 * place;
      if (this.#places[at + 2] === 0) return place;
      if (this.#places[at] === identification && this.#places[at + 1] === rest) return place;
      place = (place + 1) & this.#mask;
    }
  }

  #put(identification: number, rest: number, position: number): void {
    const at = 3 * this.#placeOf(identification, rest);
    this.#places[at] = identification;
    this.#places[at + 1] = rest;
    this.#places[at + 2] = position;
  }

  #grow(): void {
    const old = this.#places;
    this.#mask = 2 * this.#mask + 1;
    this.#places = new Uint32Array(3 * (this.#mask + 1));
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 2] !== 0) this.#put(old[at]!, old[at + 1]!, old[at + 2]!);
    }
  }
}

/** Maker, version and type in one word. */
function restOf({ manufacturer, version, deviceType }: MeterAddress): number {
  return ((manufacturer << 16) | (version << 8) | deviceType) >>> 0;
}

/** Numbers of meters follow one another; their places must not. */
function mixed(identification: number, rest: number): number {
  const word = Math.imul(identification ^ Math.imul(rest, 0x9e37_79b1), 0x85eb_ca6b);
  return word ^ (word >>> 15);
}
