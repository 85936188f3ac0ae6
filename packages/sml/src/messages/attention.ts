/**
 * Attention codes: how a meter says that something went well, or did not.
 *
 * Six octets `81 81 C7 C7 hi lo`. E000–FCFF are the application's own. Source: SML 1.04, `SML_Attention.Res`.
 */

import type { AttentionResponse } from "./bodies.ts";

/** Meaning by number; a refusal unless it is `ok` or `accepted`. */
export const attentionCodes = {
  0xfd00: { code: "ok", text: "done" },
  0xfd01: { code: "accepted", text: "accepted, runs later" },
  0xfe00: { code: "unknown-error", text: "an error that has no code of its own" },
  0xfe01: { code: "unknown-designation", text: "the SML designation is not known" },
  0xfe02: { code: "wrong-user-or-password", text: "user name or password is wrong" },
  0xfe03: { code: "server-id-not-available", text: "no device with this server id" },
  0xfe04: { code: "request-file-id-not-available", text: "no file with this request file id" },
  0xfe05: { code: "attribute-not-writable", text: "an attribute cannot be written" },
  0xfe06: { code: "attribute-not-readable", text: "an attribute cannot be read" },
  0xfe07: { code: "communication-disturbed", text: "communication with the device is disturbed" },
  0xfe08: { code: "raw-data-not-interpretable", text: "the raw data cannot be interpreted" },
  0xfe09: { code: "value-out-of-range", text: "a value is outside of its range" },
  0xfe0a: { code: "not-executed", text: "the order was not executed" },
  0xfe0b: { code: "checksum-wrong", text: "a checksum is wrong" },
  0xfe0c: { code: "broadcast-not-supported", text: "broadcast is not supported" },
  0xfe0d: { code: "unexpected-message", text: "a message came that was not expected" },
  0xfe0e: { code: "unknown-object-in-profile", text: "the profile has no such object" },
  0xfe0f: { code: "datatype-not-supported", text: "the data type is not supported" },
  0xfe10: { code: "optional-element-not-supported", text: "an optional element is not supported" },
  0xfe11: { code: "profile-has-no-entry", text: "the profile has no entry" },
  0xfe12: { code: "end-before-begin", text: "the end lies before the begin" },
  0xfe13: { code: "no-entry-in-range", text: "the profile has no entry in this range" },
  0xfe14: { code: "file-without-close", text: "the SML file ended without a close message" },
  0xfe15: { code: "busy", text: "the device is busy" },
} as const;

type KnownNumber = keyof typeof attentionCodes;
export type AttentionCode = (typeof attentionCodes)[KnownNumber]["code"] | "application-specific" | "unknown";

/** What an attention message says. */
export interface Attention {
  readonly code: AttentionCode;
  /** Last two octets of the number. */
  readonly number: number;
  readonly text: string;
  /** Whether the device did, or will do, what was asked. */
  readonly granted: boolean;
}

/** Reads the six octets of an attention number. */
export function attentionOf(attentionNo: Uint8Array): Attention {
  const number = ((attentionNo[4] ?? 0) << 8) | (attentionNo[5] ?? 0);
  const prefixed = attentionPrefix.every((byte, at) => attentionNo[at] === byte);
  const known = attentionCodes[number as KnownNumber] as (typeof attentionCodes)[KnownNumber] | undefined; // may be no key
  if (!prefixed || (known === undefined && (number < 0xe000 || number > 0xfcff))) {
    return { code: "unknown", number, text: "a number that the standard does not define", granted: false };
  }
  if (known === undefined) {
    return { code: "application-specific", number, text: "a number of the device's own", granted: false };
  }
  return { ...known, number, granted: known.code === "ok" || known.code === "accepted" };
}

/** The six octets of a code. */
export function attentionNumber(code: (typeof attentionCodes)[KnownNumber]["code"]): Uint8Array {
  const entry = Object.entries(attentionCodes).find(([, known]) => known.code === code);
  const number = Number(entry?.[0] ?? 0xfe00);
  return Uint8Array.of(...attentionPrefix, number >> 8, number & 0xff);
}

/** An attention message for a device. */
export function attention(serverId: Uint8Array, code: (typeof attentionCodes)[KnownNumber]["code"]): AttentionResponse {
  return { serverId, attentionNo: attentionNumber(code) };
}

const attentionPrefix = [0x81, 0x81, 0xc7, 0xc7] as const;
