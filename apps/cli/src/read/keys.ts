/**
 * Keys that a person gives to `siegel read` and `siegel inspect`: one for every meter, or a file of meters and keys.
 *
 * In: options, environment, a file.  Out: octets by meter.  Not here: what a protocol does with them.
 * No key gets into a message: errors name the option, the line and the meter's id.
 */

import { statSync } from "node:fs";
import { readSmallFile, SourceError } from "@siegel/channel";
import { fromHex } from "@siegel/wire";
import { CommandError, exitCode } from "../exit.ts";

export interface ReadKeys {
  /** For every meter that the file does not name. 16 octets, or 8 for DES; 32 are a P1 key with its authentication key. */
  readonly any: Uint8Array | undefined;
  /** Of P1: the authentication key. */
  readonly authentication: Uint8Array | undefined;
  /** By the id as the file has it, in upper case and without blanks. */
  readonly byMeter: ReadonlyMap<string, Uint8Array>;
}

export interface KeyFlags {
  readonly key?: string;
  readonly authKey?: string;
  readonly keys?: string;
}

export const noKeys: ReadKeys = { any: undefined, authentication: undefined, byMeter: new Map() };

/** Whether any key was given. */
export function hasKeys({ any, byMeter }: ReadKeys): boolean {
  return any !== undefined || byMeter.size > 0;
}

/**
 * @param note  Told what a careful person would want to know.
 * @throws {CommandError} A key that is none, a file that cannot be read or has a bad entry.
 */
export function keysOf(flags: KeyFlags, note: (text: string) => void): ReadKeys {
  const environment = process.env[keyVariable];
  const any =
    flags.key !== undefined
      ? keyOctets("--key", flags.key, [16, 8, 32])
      : environment === undefined || environment === ""
        ? undefined
        : keyOctets(keyVariable, environment, [16, 8, 32]);
  const authentication = flags.authKey === undefined ? undefined : keyOctets("--auth-key", flags.authKey, [16]);
  if (authentication !== undefined && any?.length !== 16) {
    throw new CommandError(exitCode.usage, "--auth-key goes with --key: 32 hex digits each");
  }
  const byMeter = flags.keys === undefined ? new Map<string, Uint8Array>() : keysIn(flags.keys, note);
  return { any, authentication, byMeter };
}

/** What P1 takes as one secret: the encryption key, with the authentication key behind it. */
export function p1Secret({ any, authentication }: ReadKeys): Uint8Array | undefined {
  if (any === undefined || any.length === 8) return undefined;
  return authentication === undefined ? any : Uint8Array.of(...any, ...authentication);
}

function keysIn(path: string, note: (text: string) => void): ReadonlyMap<string, Uint8Array> {
  let octets: Uint8Array;
  try {
    if (((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0) {
      note(`others than its owner can read the keys in ${path}; chmod 600 ${path}`);
    }
    octets = readSmallFile(path, { maxBytes: maxFileBytes });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new CommandError(exitCode.usage, `--keys: ${error.message}`, { cause: error });
  }
  try {
    return entriesOf(path, new TextDecoder().decode(octets));
  } finally {
    octets.fill(0);
  }
}

/**
 * A flat JSON object. Read here and not by JSON.parse, which drops an id that stands twice, says no line and quotes the
 * text, keys and all, in its errors.
 */
function entriesOf(path: string, text: string): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, { readonly line: number; readonly octets: Uint8Array }>();
  let at = 0;
  let line = 1;
  const wrong = (what: string): CommandError =>
    new CommandError(exitCode.usage, `--keys: ${path}, line ${line}: ${what}`);
  const skip = (): string => {
    for (; at < text.length && /[\s\uFEFF]/.test(text[at]!); at++) if (text[at] === "\n") line++;
    return text[at] ?? "";
  };
  const expectOne = (wanted: string): void => {
    if (skip() !== wanted) throw wrong(`${wanted} expected; the file is a JSON object of meter id and key: ${example}`);
    at++;
  };
  const string = (what: string): string => {
    skip();
    jsonString.lastIndex = at;
    const [match] = jsonString.exec(text) ?? [];
    if (match === undefined) throw wrong(`${what} in quotes expected`);
    at += match.length;
    return JSON.parse(match) as string; // the pattern lets nothing but a string through
  };
  expectOne("{");
  if (skip() === "}") at++;
  else
    for (;;) {
      const written = string("the id of a meter");
      const id = written.replaceAll(/\s/g, "").toUpperCase();
      const idLine = line;
      if (!idForms.some((form) => form.test(id))) throw wrong(`${shown(written)} is no meter's id; ${idAdvice}`);
      const earlier = found.get(id);
      if (earlier !== undefined) throw wrong(`${id} stands in line ${earlier.line} already`);
      expectOne(":");
      const hex = string(`the key of ${id}`).replaceAll(/\s/g, "");
      if (!/^(?:[\da-f]{32}|[\da-f]{16}|[\da-f]{64})$/i.test(hex)) {
        throw wrong(`the key of ${id} is not 32 hex digits, or 16 for an old meter with DES`);
      }
      found.set(id, { line: idLine, octets: fromHex(hex) });
      if (skip() === "}") break;
      expectOne(",");
    }
  if (text[at] === "}") at++;
  if (skip() !== "") throw wrong("something stands behind the object");
  return new Map([...found].map(([id, { octets }]) => [id, octets]));
}

function keyOctets(option: string, hex: string, lengths: readonly number[]): Uint8Array {
  const digits = hex.replaceAll(/[\s:]/g, "").replace(/^0x/i, "");
  if (!/^[\da-f]*$/i.test(digits))
    throw new CommandError(exitCode.usage, `${option} takes hex digits, two for each byte`);
  if (!lengths.some((length) => 2 * length === digits.length)) {
    const more = lengths.length > 1 ? ", 16 for old meters with DES, or 64 for P1 with its authentication key" : "";
    throw new CommandError(exitCode.usage, `${option} takes 32 hex digits${more}; these are ${digits.length}`);
  }
  return fromHex(digits);
}

/** An id for a message: a key that stands in the wrong place must not get into one. */
function shown(id: string): string {
  return id.length > 20 || /^[\da-f]{17,}$/i.test(id)
    ? `what stands there (${id.length} characters)`
    : JSON.stringify(id);
}

const keyVariable = "SIEGEL_KEY";
const example = '{"12345678": "0f1e…"}';
const idAdvice = "it takes the octets in hex (01…), the label (7ELS3312345678), or the eight digits of the number";
const idForms: readonly RegExp[] = [
  /^01[\dA-F]{16}$/,
  /^[\dA-F]{8}$/,
  /^[\dA-F][A-Z]{3}[\dA-F]{2}\d{8}$/,
  /^[\dA-F]{16}$/, // the system title of P1 and DLMS
];
const jsonString = /"(?:(?!["\\])\P{Cc}|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
/** A hundred thousand meters take 6 MB. */
const maxFileBytes = 16 * 2 ** 20;
