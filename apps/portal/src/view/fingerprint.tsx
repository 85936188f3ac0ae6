/** A hash in groups of four, so that two can be compared by eye or over the telephone. */

import type { JSX } from "preact";

export function Fingerprint({ hex }: { hex: string }): JSX.Element {
  const groups = hex.toUpperCase().match(/.{1,4}/g) ?? [];
  return <code class="fingerprint">{groups.join(" ")}</code>;
}
