/**
 * Whether a meter listens after its telegram, and what a gateway has to say without being told.
 *
 * In: C field, extended link layer and configuration of a telegram.  Out: whether the window is open; the duty's link frame.
 * Link frames alone, without content, are not protected by anything: they confirm, and command nothing.
 * Source: EN 13757-4, link layer; facts §4.3.
 */

import type { MeterAddress } from "../framing/wireless/address.ts";
import { control, type LinkHeader, linkFrame } from "../framing/wireless/link.ts";
import { type Ell, listening } from "../messages/ell.ts";
import type { Tpl } from "../messages/tpl.ts";

/** What a telegram's headers say about the time after it. */
export interface Heard {
  readonly link: LinkHeader;
  readonly ell: Ell | undefined;
  readonly tpl: Tpl | undefined;
}

/**
 * The meter has its receiver on after this telegram: it says that it is bidirectional and can be reached now, or it asks for
 * something itself. Without extended link layer, the bits of the same names in the configuration of modes 0 and 5 count.
 */
export function isListening({ link, ell, tpl }: Heard): boolean {
  const c = link.control & 0xcf;
  if (link.control === control.accDmd || link.control === control.sndIr) return true;
  if (ell !== undefined) {
    const { bidirectional, accessible, synchronous, repeated } = listening(ell.communicationControl);
    // Heard through a repeater, the window is over. A synchronous telegram opens one where A says so.
    return bidirectional && !repeated && (accessible || (!synchronous && isAnswer(c)));
  }
  const configuration = tpl?.configuration;
  return configuration?.bidirectional === true && configuration.accessible;
}

/** What the link layer owes the meter: CNF-IR to an installation request, ACK to a demand for access. */
export function dutyOf(link: LinkHeader, isOurs: (meter: MeterAddress) => boolean): Uint8Array | undefined {
  if (link.control === control.sndIr && isOurs(link.address)) {
    return linkFrame({ control: control.cnfIr, address: link.address });
  }
  if (link.control === control.accDmd && isOurs(link.address)) {
    return linkFrame({ control: control.ack, address: link.address });
  }
  return undefined;
}

/** The end of a session: the meter switches its receiver off. */
export function sessionEnd(meter: MeterAddress): Uint8Array {
  return linkFrame({ control: control.sndNke, address: meter });
}

/** RSP-UD or ACK: a session is under way. */
function isAnswer(c: number): boolean {
  return c === control.rspUd || c === control.ack || c === control.nack;
}
