/** Nothing at all, or only what an idle line gives. */

import type { Finding } from "./causes.ts";
import type { Sample } from "./sample.ts";

export function silence({ bytes, histogram, fromLine }: Sample): Finding[] {
  if (bytes.length === 0) return [{ code: fromLine ? "nothing" : "empty-file", certainty: "certain" }];
  // A break or a light flash leaves a stray byte now and then: one in fifty is still an idle line.
  const most = bytes.length - Math.floor(bytes.length / 50);
  const certainty = bytes.length >= 16 ? "certain" : "likely";
  if (histogram[0x00]! >= most) return [{ code: "line-low", certainty, offset: 0 }];
  if (histogram[0xff]! >= most) return [{ code: "line-high", certainty, offset: 0 }];
  return [];
}
