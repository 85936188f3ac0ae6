/** The protocols that `siegel read` knows, by the name that `--protocol` takes. Another one is a line here. */

import { AutoReader } from "./auto.ts";
import { d0Protocol } from "./d0.ts";
import { mbusGuesses, mbusProtocol, wmbusProtocol } from "./mbus/protocols.ts";
import { p1Protocol } from "./p1.ts";
import type { Protocol, ProtocolReader, ReadOptions } from "./protocol.ts";
import { smlProtocol } from "./sml.ts";

const protocols: readonly Protocol[] = [smlProtocol, d0Protocol, p1Protocol, mbusProtocol, wmbusProtocol];

/** In the order in which they are believed where several are sure of the same bytes. */
const guessed: readonly Protocol[] = [smlProtocol, p1Protocol, d0Protocol, ...mbusGuesses];

export const protocolNames: readonly string[] = ["auto", ...protocols.map(({ name }) => name)];

/** A reader of the protocol of that name; of `auto` one that finds out. */
export function openReader(name: string, options: ReadOptions): ProtocolReader {
  const protocol = protocols.find((one) => one.name === name);
  return protocol === undefined ? new AutoReader(guessed, options) : protocol.open(options);
}
