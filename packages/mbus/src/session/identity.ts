/**
 * Who answered: the secondary address in a meter's answer, as far as its header has one.
 *
 * In: a frame of a meter.  Out: its address.  Not here: the values (../../meaning).
 * Source: EN 13757-3: CI 72 and 76 carry the whole address, 73 and 77 (fixed structure) the ID alone; facts §4.1.
 */

import type { LongFrame } from "../framing/wired/frame.ts";
import { decodeSecondaryAddress, type SecondaryAddress, anyMeter } from "./address.ts";

/** The address that the answer states; what its header does not have is taken for any. Undefined without a header. */
export function identityOf({ ci, data }: LongFrame): SecondaryAddress | undefined {
  switch (ci) {
    case 0x72:
      return decodeSecondaryAddress(data);
    case 0x76: {
      // Most significant octet first, field by field.
      if (data.length < 8) return undefined;
      const [i3 = 0, i2 = 0, i1 = 0, i0 = 0, m1 = 0, m0 = 0, version = 0, deviceType = 0] = data;
      return decodeSecondaryAddress(Uint8Array.of(i0, i1, i2, i3, m0, m1, version, deviceType));
    }
    case 0x73:
    case 0x77: {
      if (data.length < 4) return undefined;
      const id = ci === 0x73 ? data.subarray(0, 4) : data.slice(0, 4).toReversed();
      const known = decodeSecondaryAddress(Uint8Array.of(...id, 0xff, 0xff, 0xff, 0xff));
      return known === undefined ? undefined : { ...anyMeter, id: known.id };
    }
    default:
      return undefined;
  }
}
