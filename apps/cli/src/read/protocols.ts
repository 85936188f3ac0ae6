/** The protocols that `siegel read` knows, by the name that `--protocol` takes. */

import { d0Protocol } from "./d0.ts";
import { p1Protocol } from "./p1.ts";
import type { Protocol } from "./protocol.ts";
import { smlProtocol } from "./sml.ts";

const protocols: readonly Protocol[] = [smlProtocol, d0Protocol, p1Protocol];

export const protocolNames: readonly string[] = ["auto", ...protocols.map(({ name }) => name)];

/** The protocol of that name. `auto` is SML, until the others can be told from it. */
export function protocolOf(name: string): Protocol {
  return protocols.find((protocol) => protocol.name === name) ?? smlProtocol;
}
