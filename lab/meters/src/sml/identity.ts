/**
 * Who a virtual meter is, from its seed: number on the label, date of first use.
 *
 * In: a seed.  Out: the same identity in every run. A door of its own: whoever registers a meter need not load one.
 * Not here: its key (./signing-key).
 * Source: DIN 43863-5 (server id); the letters `SGL` are not assigned by FLAG, they mark this lab.
 */

import { MeterId } from "@siegel/readings";
import { Random } from "../random.ts";

export const labMaker = "SGL";

export interface Identity {
  /** As printed on the meter: `1SGL0012345678`. */
  readonly label: string;
  /** Ten octets. */
  readonly serverId: Uint8Array;
  /** Seconds since 1970 UTC at which the meter was first under voltage: its second index counts from here. */
  readonly firstUse: number;
  /** Number of the first file that it pushed. */
  readonly firstFile: number;
}

export function identityOf(seed: number | string): Identity {
  const random = Random.of(seed).fork("sml identity");
  const block = random.whole(0, 9).toString().padStart(2, "0");
  const serial = random.whole(0, 99_999_999).toString().padStart(8, "0");
  const label = `1${labMaker}${block}${serial}`;
  const firstUse = random.whole(Date.UTC(2019, 0, 1) / 1000, Date.UTC(2023, 0, 1) / 1000);
  return { label, serverId: MeterId.ofLabel(label).toBytes(), firstUse, firstFile: random.whole(0, 0xffff) };
}
