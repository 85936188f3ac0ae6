/**
 * The status octet of the transport layer: what the meter says of itself with every telegram.
 *
 * Source: EN 13757-7, status field; the same octet stands in the long header of wired M-Bus.
 */

export interface TplStatus {
  /** As sent. */
  readonly bits: number;
  readonly application: "ok" | "busy" | "error" | "alarm";
  readonly lowPower: boolean;
  readonly permanentError: boolean;
  readonly temporaryError: boolean;
  /** Bits 7-5: the maker's. */
  readonly manufacturer: number;
}

export type StatusWarningCode =
  | "meter-busy"
  | "meter-reports-error"
  | "meter-reports-alarm"
  | "meter-low-power"
  | "meter-permanent-error"
  | "meter-temporary-error";

export function tplStatus(bits: number): TplStatus {
  return {
    bits,
    application: applications[bits & 3]!,
    lowPower: (bits & 4) !== 0,
    permanentError: (bits & 8) !== 0,
    temporaryError: (bits & 16) !== 0,
    manufacturer: bits >> 5,
  };
}

/** What a person should know, in the order of the bits. */
export function statusWarnings(status: TplStatus): readonly StatusWarningCode[] {
  const codes: StatusWarningCode[] = [];
  if (status.application === "busy") codes.push("meter-busy");
  if (status.application === "error") codes.push("meter-reports-error");
  if (status.application === "alarm") codes.push("meter-reports-alarm");
  if (status.lowPower) codes.push("meter-low-power");
  if (status.permanentError) codes.push("meter-permanent-error");
  if (status.temporaryError) codes.push("meter-temporary-error");
  return codes;
}

/** Whether values measured in this state deserve doubt: an error of the meter does, low power and an alarm do not. */
export function isDoubtful(bits: number): boolean {
  return (bits & 3) === 2 || (bits & 0x18) !== 0;
}

const applications = ["ok", "busy", "error", "alarm"] as const;
