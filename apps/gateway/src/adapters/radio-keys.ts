/**
 * Keys of radio meters from a file: JSON of a meter's id to its key in hex.
 *
 * In: a path.  Out: the octets of each key, which whoever takes them fills with zeros.
 * Not here: what is made of them (mbus keeps them behind handles). That they lie in a file at all is a stated limit: they
 * belong into the security module (docs/limits.md).
 */

import { statSync } from "node:fs";
import { readSmallFile, SourceError } from "@siegel/channel";
import { fromHex } from "@siegel/wire";

import { GatewayError } from "../errors.ts";

/**
 * @returns Id in lower-case hex to 16 octets.
 * @throws {GatewayError} "bad-config": no file, more than its owner may read it, or not what it should be. No key is in the text.
 */
export function radioKeysIn(path: string): ReadonlyMap<string, Uint8Array> {
  const octets = read(path);
  try {
    const value: unknown = parsed(path, octets);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(path, "is no JSON object");
    return new Map(Object.entries(value).map(([id, key]) => [id.toLowerCase(), keyOf(path, id, key)]));
  } finally {
    octets.fill(0);
  }
}

function read(path: string): Uint8Array {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() === true && (stats.mode & 0o077) !== 0)
      throw wrong(path, "can be read by others; chmod 600 it");
    return readSmallFile(path, { maxBytes: maxFileBytes });
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    const code = cause instanceof SourceError ? cause.code : "not-readable";
    throw wrong(path, `cannot be read (${code})`);
  }
}

function parsed(path: string, octets: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(octets));
  } catch {
    throw wrong(path, "is no JSON"); // without a cause: its text would quote the file
  }
}

function keyOf(path: string, id: string, key: unknown): Uint8Array {
  if (!/^([0-9a-fA-F]{2}){9}$/.test(id)) throw wrong(path, "has an id that is no radio meter's");
  if (typeof key !== "string" || !/^[0-9a-fA-F]{32}$/.test(key)) throw wrong(path, `has no key of 16 octets for ${id}`);
  return fromHex(key);
}

function wrong(path: string, what: string): GatewayError {
  return new GatewayError("bad-config", `radioKeys: ${path} ${what}`);
}

/** Ten thousand meters take 600 kB. */
const maxFileBytes = 4 << 20;
