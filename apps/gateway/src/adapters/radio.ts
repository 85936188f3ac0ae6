/** What opens the telegrams of all radio meters of a configuration: their keys and floors, and counters and formats in the store. */

import { addressOfMeterId, FormatCache, Keyring, KeyringError, ReplayGuard, slotText, WmbusStream } from "@siegel/mbus";
import { MeterId } from "@siegel/readings";
import { fromHex } from "@siegel/wire";

import type { Config, MeterConfig } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { radioKeysIn } from "./radio-keys.ts";
import type { GatewayStore } from "./store.ts";

type RadioStore = Pick<GatewayStore, "radioCounter" | "keepRadioCounter" | "radioFormats" | "keepRadioFormat">;

/** @throws {GatewayError} "bad-config" for keys that cannot be read, or are everybody's. */
export function radioStreamOf(config: Pick<Config, "meters" | "radioKeys">, store: RadioStore): WmbusStream {
  const replay = new ReplayGuard({
    read: (slot) => store.radioCounter(slotText(slot)),
    write: (slot, highest) => store.keepRadioCounter(slotText(slot), highest),
  });
  const formats = new FormatCache({
    store: { readAll: () => store.radioFormats(), write: (format) => store.keepRadioFormat(format) },
  });
  const meters = config.meters.filter(({ protocol }) => protocol === "wmbus");
  const keys = config.radioKeys === undefined ? new Map<string, Uint8Array>() : radioKeysIn(config.radioKeys);
  try {
    const keyring = keyringOf(meters, keys);
    return new WmbusStream({ keyring, replay, formats, format: "none", use: "gateway" });
  } finally {
    for (const octets of keys.values()) octets.fill(0);
  }
}

function keyringOf(meters: readonly MeterConfig[], keys: ReadonlyMap<string, Uint8Array>): Keyring {
  const keyring = new Keyring({ refusePublished: true });
  for (const { id, floor = "authenticated" } of meters) {
    const address = id === undefined ? undefined : addressOfMeterId(MeterId.of(fromHex(id)));
    if (id === undefined || address === undefined)
      throw new GatewayError("bad-config", "config: a radio meter has no id");
    const octets = keys.get(id);
    if (octets === undefined && floor !== "clear") {
      throw new GatewayError("bad-config", `radioKeys: there is no key for ${id}, and its floor is not "clear"`);
    }
    try {
      if (octets !== undefined) keyring.addKey(address, octets);
    } catch (cause) {
      if (!(cause instanceof KeyringError)) throw cause;
      throw new GatewayError("bad-config", `radioKeys: the key of ${id} is refused (${cause.code})`, { cause });
    }
    keyring.setFloor(address, { minimum: floor });
  }
  return keyring;
}
