/**
 * The npm package `open-sml`: its view of our bytes, ours in its terms, and the few of its calls that write a file.
 *
 * It is JavaScript without types; the shapes here are what its source shows.
 */

import { createRequire } from "node:module";
import { toHex } from "@siegel/wire";

const require = createRequire(import.meta.url);

interface Settable {
  [name: `set${string}`]: (value: unknown) => void;
}
interface TheirList {
  addListEntry(entry: Settable): void;
}
interface TheirMessage extends Settable {
  isValid(): boolean;
  getMessageBody(): unknown;
}
interface TheirFile {
  readonly valid: boolean | undefined;
  readonly messages: readonly TheirMessage[];
  parse(bytes: Uint8Array): void;
  addMessage(message: Settable): void;
  write(): { readonly buffer: Uint8Array };
}

/** As far as the tests use it. `require` gives any: there is nothing for the compiler to know. */
export const openSml: {
  readonly SmlFile: new () => TheirFile;
  readonly SmlMessage: new () => Settable;
  readonly SmlPublicOpenResponse: new () => Settable;
  readonly SmlPublicCloseResponse: new () => Settable;
  readonly SmlGetListResponse: new () => Settable;
  readonly SmlList: new () => TheirList;
  readonly SmlListEntry: new () => Settable;
  readonly SmlTime: new () => Settable;
  readonly Constants: Readonly<Record<string, number>>;
} = require("open-sml");

/** What open-sml makes of a file on the line: its bodies, or that it fails or finds a checksum wrong. */
export function readByOpenSml(bytes: Uint8Array): readonly unknown[] | "fails" | "checksum wrong" {
  const file = new openSml.SmlFile();
  try {
    file.parse(Buffer.from(bytes));
  } catch {
    return "fails"; // it throws plain errors, also such of its own making
  }
  if (file.valid !== true || file.messages.some((message) => !message.isValid())) return "checksum wrong";
  return file.messages.map((message) => simplified(message.getMessageBody()));
}

/** Octets in hex, lists as arrays, without what is absent and without the types that it notes beside values. */
function simplified(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([name, field]) => field !== undefined && !name.endsWith("Type"));
  const list = fields.find(([name]) => name.endsWith("Entries"))?.[1] as readonly unknown[] | undefined; // its list classes
  if (list !== undefined) return list.map(simplified);
  const kept = fields.map(([name, field]) => [name === "regFileId" ? "reqFileId" : name, simplified(field)] as const);
  return Object.fromEntries(kept.filter(([, field]) => !isEmpty(field)));
}

/** A body of ours in the same terms. */
export function inTermsOfOpenSml(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === "bigint")
    return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
      ? Number(value)
      : String(value);
  if (Array.isArray(value)) return value.map(inTermsOfOpenSml);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>; // a sequence, a choice, a value or a status
  if ("bits" in record) return inTermsOfOpenSml(record["bits"]);
  if ("type" in record) return inTermsOfOpenSml(record["value"]);
  if (record["kind"] === "secIndex" || record["kind"] === "timestamp") return { [record["kind"]]: record["value"] };
  if ("kind" in record) return inTermsOfOpenSml(record["value"]);
  const fields = Object.entries(record).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, inTermsOfOpenSml(field)]));
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
