/**
 * Any message, brought to what Wireshark's dissector knows.
 *
 * Taken out is what the table in ./wireshark.test.ts lists; empty octets, which look like absent ones; and texts with
 * control characters, which tshark's XML cannot show.
 */

import { encodeFile } from "../../src/messages/file.ts";
import type { SmlMessage } from "../../src/messages/message.ts";
import { plain } from "../plain.ts";
import { ascii } from "./bodies.ts";

/** The same message where it can be shown, else with the least changed; `undefined` where nothing sensible is left. */
export function knownToWireshark(of: SmlMessage): SmlMessage | undefined {
  const tamed = tame(of) as SmlMessage; // the same shape: each field is replaced by one of its own type
  if (/Cosem|UnknownBody|:\[\]/.test(plain(tamed)) || encodeFile([tamed]).length > longestPacket) return undefined;
  return tamed;
}

function tame(value: unknown, name = ""): unknown {
  if (value instanceof Uint8Array) {
    if (texts.has(name)) return ascii("a".repeat(value.length));
    return value.length === 0 ? Uint8Array.of(1) : value.map((byte) => (byte === 0x1b ? 0x1c : byte));
  }
  if (Array.isArray(value)) {
    if (value.length > 0) return value.map((one) => tame(one));
    return name === "parameterTreePath" ? [Uint8Array.of(1)] : optionalLists.has(name) ? undefined : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>; // what is left of the types of a message
  if (record["kind"] === "localTimestamp" || record["bare"] === true) return { kind: "timestamp", value: 5 };
  if (record["type"] === "list") return { type: "boolean", value: true };
  if (record["kind"] === "listEntry") return undefined; // a parameter may be without a value
  return Object.fromEntries(Object.entries(record).map(([key, field]) => [key, tame(field, key)]));
}

const texts = new Set(["username", "password", "attentionMsg"]);
const optionalLists = new Set(["objectList", "childList"]);
const longestPacket = 60_000;
