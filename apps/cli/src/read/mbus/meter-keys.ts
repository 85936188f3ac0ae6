/**
 * The keys of a person as keyrings of M-Bus: looked up by whatever form of the id he wrote down.
 *
 * A keyring knows addresses, a person knows the number on the meter: so an address that is heard is looked up once, and what
 * is found is put into the keyring. It grows with the entries of the file, not with what is heard.
 */

import { Keyring, type MeterAddress, meterIdOf } from "@siegel/mbus";
import { toHex } from "@siegel/wire";
import { hasKeys, type ReadKeys } from "../keys.ts";

export class MeterKeys {
  readonly keyring = new Keyring();
  readonly #byMeter: ReadonlyMap<string, Uint8Array>;
  /** A key was given for reading: then none that stands in the input is used. */
  readonly areGiven: boolean;

  constructor(keys: ReadKeys) {
    this.#byMeter = keys.byMeter;
    this.areGiven = hasKeys(keys);
    if (keys.any !== undefined && keys.any.length !== 32) this.keyring.setKeyForAny(keys.any);
  }

  /** Puts the key of this meter into the keyring, where the file has one. Says whether it was not there before. */
  learn(address: MeterAddress): boolean {
    if (this.#byMeter.size === 0 || this.keyring.find(address) !== undefined) return false;
    const id = meterIdOf(address);
    const octets =
      this.#byMeter.get(toHex(id.toBytes()).toUpperCase()) ??
      (id.label === undefined ? undefined : this.#byMeter.get(id.label.toUpperCase())) ??
      this.#byMeter.get(address.identification.toString(16).padStart(8, "0").toUpperCase());
    if (octets === undefined || octets.length === 32) return false;
    this.keyring.addKey(address, octets);
    return true;
  }
}
