/** The protocols that `siegel read` knows, by the name that `--protocol` takes. */

import type { Protocol } from "./protocol.ts";
import { smlProtocol } from "./sml.ts";

const protocols: readonly Protocol[] = [smlProtocol];

export const protocolNames: readonly string[] = ["auto", ...protocols.map(({ name }) => name)];

/** The protocol of that name. `auto` is the only one there is, until a second one has to be told from it. */
export function protocolOf(name: string): Protocol {
  return protocols.find((protocol) => protocol.name === name) ?? smlProtocol;
}
