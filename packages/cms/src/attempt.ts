/** One step of a check: errors of the rooms below become the one reason of this step; anything else is no statement about the message. */

import { KeyError } from "@siegel/crypto/verify";
import { DecodeError } from "@siegel/wire";
import { DeliveryError, type RefusalCode } from "./errors.ts";

/** What `step` gives. @throws {DeliveryError} with this code when the octets were not what they should be. */
export function attempt<T>(code: RefusalCode, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof DecodeError || error instanceof KeyError) throw new DeliveryError(code, { cause: error });
    throw error;
  }
}
