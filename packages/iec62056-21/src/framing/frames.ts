/**
 * The messages of a D0 line as octets: data blocks, commands, and the short ones.
 *
 * Out only; reading them is ./framer.ts.
 * Source: IEC 62056-21 §6.3.4 to §6.3.13.
 */

import { concatBytes, EncodeError } from "@siegel/wire";
import { blockCheck } from "./block-check.ts";
import {
  type Identification,
  identificationLineOf,
  type OptionSelect,
  optionSelectText,
  requestLineOf,
} from "./identification.ts";
import { control, octetsOfText } from "./octets.ts";

/** P0, P1, P2, W1 … W6, R1 … R6, E2, B0, B1: a letter and the digit that says how the data are coded. */
export interface Command {
  /** `P` password, `W` write, `R` read, `E` execute, `B` break. */
  readonly letter: string;
  readonly digit: string;
  /** The data set with its parentheses, `1.8.0(1)`; `undefined` for a command without, as `B0`. */
  readonly data: string | undefined;
}

/** `/?…!` CR LF. */
export function requestMessage(address?: string): Uint8Array {
  return octetsOfText(`${requestLineOf(address)}\r\n`);
}

/** `/XXXZ…` CR LF. */
export function identificationMessage(identification: Identification): Uint8Array {
  return octetsOfText(`${identificationLineOf(identification)}\r\n`);
}

/** ACK V Z Y CR LF. */
export function optionSelectMessage(option: OptionSelect): Uint8Array {
  return octetsOfText(`\u0006${optionSelectText(option)}\r\n`);
}

/**
 * STX text ETX BCC; with `more`, EOT in place of ETX: another part of the same answer follows.
 *
 * @throws {EncodeError} "out-of-range" when the text holds a control character that would end the block early.
 */
export function blockMessage(text: string, more = false): Uint8Array {
  return checked(Uint8Array.of(control.stx), octetsOfText(text), more);
}

/** SOH command [STX data] ETX BCC. @throws {EncodeError} as `blockMessage`. */
export function commandMessage({ letter, digit, data }: Command, more = false): Uint8Array {
  const head = octetsOfText(`\u0001${letter}${digit}`);
  if (data === undefined) return checked(head, new Uint8Array(), more);
  return checked(concatBytes(head, Uint8Array.of(control.stx)), octetsOfText(data), more);
}

/** The reader signs off, or either side breaks: SOH B0 ETX q. */
export function breakMessage(digit: "0" | "1" = "0"): Uint8Array {
  return commandMessage({ letter: "B", digit, data: undefined });
}

function checked(head: Uint8Array, data: Uint8Array, more: boolean): Uint8Array {
  const ends: readonly number[] = [control.soh, control.stx, control.etx, control.eot];
  if (data.some((octet) => ends.includes(octet))) throw new EncodeError("out-of-range", "data");
  const message = concatBytes(head, data, Uint8Array.of(more ? control.eot : control.etx, 0));
  message[message.length - 1] = blockCheck(message, 1, message.length - 1);
  return message;
}
