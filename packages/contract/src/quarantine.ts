/** What was verified and yet not believed. For operators: where and why, never the values. */

import { type Static, Type } from "typebox";

import { exactly, GatewayKey, InstantText, MeterKey, orNull } from "./words.ts";

/** Why a block of a verified delivery is shown to nobody. Codes are stable. */
export const quarantineCodes = {
  "unregistered-meter": "the meter is not registered for the gateway that sealed the block",
  contradiction: "another value has been receipted for the same register and instant",
  "overlaps-erased": "values of the same register and instant were erased, so a second one cannot be compared",
  "not-a-day-block": "the bytes are no canonical day block",
  "wrong-revision": "a measured block carries a revision, or a correction carries none",
} as const;
export type QuarantineCode = keyof typeof quarantineCodes;

export const QuarantineEntry = exactly("QuarantineEntry", {
  gateway: GatewayKey,
  deliveryNumber: Type.String(),
  /** Position of the block in the delivery. */
  index: Type.Integer({ minimum: 0 }),
  // keys of an object literal are its keys
  code: Type.Enum(Object.keys(quarantineCodes) as QuarantineCode[]),
  /** Null when the block could not be read. */
  meter: orNull(MeterKey),
  at: InstantText,
});
export type QuarantineEntry = Static<typeof QuarantineEntry>;

export const QuarantineList = exactly("QuarantineList", {
  /** Newest first, at most 1000. */
  entries: Type.Array(QuarantineEntry),
});
export type QuarantineList = Static<typeof QuarantineList>;
