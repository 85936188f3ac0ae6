/**
 * How reader and meter find each other: request `/?…!`, identification `/XXXZ…`, acknowledgement with option select.
 *
 * In and out: whole lines without CR LF ⇄ what they say.  Not here: when they are sent (../session, ../server).
 * Source: IEC 62056-21 §6.3.1 (request), §6.3.2 (identification), §6.3.3 (acknowledgement), §6.4 (modes A to E).
 */

import { EncodeError } from "@siegel/wire";

/** Protocol mode that the baud character announces; mode D is no matter of the character but of who speaks first. */
export type ProtocolMode = "A" | "B" | "C" | "E";

export interface Identification {
  /** Three letters of the maker, as written: a small third letter says that the meter reacts within 20 ms. */
  readonly maker: string;
  /** The baud character Z: a digit 0 to 6 in mode C, a letter A to F in mode B, anything else in mode A. */
  readonly baudCharacter: string;
  /** Enhanced abilities: the characters behind each backslash; `2` announces HDLC (mode E). */
  readonly enhanced: readonly string[];
  /** What is left: the maker's name for the device. */
  readonly identification: string;
}

/** Shortest time in which the meter may answer, in milliseconds. */
export function reactionTimeOf({ maker }: Identification): 20 | 200 {
  const third = maker.charAt(2);
  return third >= "a" && third <= "z" ? 20 : 200;
}

/** The mode in which the meter offers to go on. */
export function modeOf({ baudCharacter, enhanced }: Identification): ProtocolMode {
  if (baudOfDigit[baudCharacter] !== undefined) return enhanced.length > 0 ? "E" : "C";
  return baudOfLetter[baudCharacter] === undefined ? "A" : "B";
}

/** Speed that the baud character names, in baud; 300 in mode A. */
export function baudOf({ baudCharacter }: Pick<Identification, "baudCharacter">): number {
  return baudOfDigit[baudCharacter] ?? baudOfLetter[baudCharacter] ?? initialBaud;
}

/**
 * Reads `/LGZ5\2ZMD120APtE`: maker, baud character, enhanced abilities, name. `undefined` when it is none.
 *
 * Longer names than the 16 characters of the standard are read: P1 meters have them.
 */
export function parseIdentification(line: string): Identification | undefined {
  const parts = line.length <= maxLineLength ? identificationLine.exec(line) : null;
  if (parts === null) return undefined;
  const [, maker = "", baudCharacter = "", rest = ""] = parts;
  const enhanced: string[] = [];
  let at = 0;
  // A P1 name begins with a backslash and a digit as well: there it means nothing, and nobody asks.
  while (rest[at] === "\\" && at + 1 < rest.length && rest[at + 1] !== "\\") {
    enhanced.push(rest[at + 1]!);
    at += 2;
  }
  return { maker, baudCharacter, enhanced, identification: rest.slice(at) };
}

/** The inverse of `parseIdentification`. */
export function identificationLineOf({ maker, baudCharacter, enhanced, identification }: Identification): string {
  return `/${maker}${baudCharacter}${enhanced.map((ability) => `\\${ability}`).join("")}${identification}`;
}

/**
 * The address in `/?address!`, leading zeros gone, "" when everybody is asked; `undefined` when it is no request.
 *
 * Source: IEC 62056-21 §6.3.14: leading zeros do not count, an absent address is answered by every meter.
 */
export function parseRequest(line: string): string | undefined {
  const parts = line.length <= maxLineLength ? requestLine.exec(line) : null;
  if (parts === null) return undefined;
  return significantAddress(parts[1] ?? "");
}

/**
 * `/?address!` without CR LF.
 *
 * @param address  Up to 32 printable characters, none of them `!`, `/`, `(` or `)`.
 * @throws {EncodeError} "out-of-range" for any other.
 */
export function requestLineOf(address = ""): string {
  if (!addressText.test(address)) throw new EncodeError("out-of-range", "address");
  return `/?${address}!`;
}

/** Whether a meter with this address answers a request for that one. */
export function isAddressed(own: string, asked: string): boolean {
  return asked === "" || significantAddress(own) === significantAddress(asked);
}

function significantAddress(address: string): string {
  return address.replace(/^0+(?=.)/, "");
}

/** What the reader wants: V of the acknowledgement. */
export type ProtocolControl = "normal" | "secondary" | "hdlc";
/** What the reader wants: Y of the acknowledgement; 6 to 9 are the maker's. */
export type ModeControl = "read-out" | "programming" | "binary" | "6" | "7" | "8" | "9";

export interface OptionSelect {
  readonly protocol: ProtocolControl;
  /** Baud character of the speed that both change to. */
  readonly baudCharacter: string;
  readonly mode: ModeControl;
}

/** The three characters between ACK and CR LF. `undefined` for values that the standard reserves. */
export function parseOptionSelect(text: string): OptionSelect | undefined {
  const protocol = protocolOfCharacter[text.charAt(0)];
  const mode = modeOfCharacter[text.charAt(2)];
  if (text.length !== 3 || protocol === undefined || mode === undefined) return undefined;
  return { protocol, baudCharacter: text.charAt(1), mode };
}

/** The inverse of `parseOptionSelect`. */
export function optionSelectText({ protocol, baudCharacter, mode }: OptionSelect): string {
  const [v] = Object.entries(protocolOfCharacter).find(([, name]) => name === protocol)!;
  const [y] = Object.entries(modeOfCharacter).find(([, name]) => name === mode)!;
  return `${v}${baudCharacter}${y}`;
}

/** Every dialogue begins at this speed. */
export const initialBaud = 300;

const protocolOfCharacter: Readonly<Record<string, ProtocolControl>> = { "0": "normal", "1": "secondary", "2": "hdlc" };
const modeOfCharacter: Readonly<Record<string, ModeControl>> = {
  "0": "read-out",
  "1": "programming",
  "2": "binary",
  "6": "6",
  "7": "7",
  "8": "8",
  "9": "9",
};
const baudOfDigit: Readonly<Record<string, number>> = {
  "0": 300,
  "1": 600,
  "2": 1200,
  "3": 2400,
  "4": 4800,
  "5": 9600,
  "6": 19_200,
};
const baudOfLetter: Readonly<Record<string, number>> = { A: 600, B: 1200, C: 2400, D: 4800, E: 9600, F: 19_200 };

/** Far above the standard's 16 characters of a name and 32 of an address. */
const maxLineLength = 128;
const identificationLine = /^\/([A-Za-z]{3})([\x21-\x2e\x30-\x7e])([^\r\n/!]*)$/;
const requestLine = /^\/\?([^!/()\r\n]*)!$/;
const addressText = /^[\x20\x22-\x27\x2a-\x2e\x30-\x7e]{0,32}$/;
