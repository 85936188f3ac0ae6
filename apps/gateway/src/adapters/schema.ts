/** The tables of a gateway's store, and how a file of ours is recognised. */

import { closeSync, openSync, readSync } from "node:fs";
import { qualities, trustLevels } from "@siegel/readings";
import { codeOf, GatewayError } from "../errors.ts";

/** Counts up with every change of the tables. 2: `series`. 3: `radio_counter`, `radio_format`. */
export const schemaVersion = 3;
/** "SGLg" */
const applicationId = 0x53474c67;

const oneOf = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ");

/** Of radio meters: what a power cut must not let them say twice, and what their short telegrams are read by. */
const radioTables = `create table radio_counter (                               -- highest counter that was verified of a meter, key and direction
  slot    text primary key,
  highest integer not null check (highest between 0 and 4294967295)
) strict, without rowid;
create table radio_format (                                -- of compact frames
  name    text primary key,
  headers blob not null,
  trust   text not null check (trust in (${oneOf(trustLevels)}))
) strict, without rowid;
`;

/** What brings the tables of an earlier version to those of the next one. */
export const upgrades: Readonly<Record<number, string>> = {
  2: `begin immediate;\n${radioTables}pragma user_version = 3;\ncommit;`,
};

/** Numbers of 64 bits that SQLite's signed integers do not hold are text: hence `any`. */
export const schema = `
begin immediate;
create table series (
  profile text not null,
  meter   text not null,
  obis    text not null,
  primary key (profile, meter, obis)
) strict, without rowid;
create table delivery (                                     -- large columns last: those before are read without them
  number       integer primary key check (number > 0),
  profile      text not null,
  meter        text not null,
  refusals     integer not null,
  last_refusal text,
  committed_ms integer,                                     -- by the receiver's clock, signed
  hash         blob not null check (length(hash) = 32),
  receipt      blob,
  der          blob,                                        -- dropped with the receipt
  check ((der is null) = (receipt is not null)),
  check ((committed_ms is null) = (receipt is null))
) strict;
create index delivery_open on delivery (number) where receipt is null;
create index delivery_committed on delivery (committed_ms) where committed_ms is not null;
create table slot (
  profile     text not null,
  meter       text not null,                                -- octets in hex
  obis        text not null,
  slot_ms     integer not null,
  captured_ms integer not null,
  raw         any,                                          -- null: missing
  scaler      integer not null,
  unit        text,
  status      any,
  quality     text not null check (quality in (${oneOf(qualities)})),
  trust       text not null check (trust in (${oneOf(trustLevels)})),
  delivery    integer references delivery (number),         -- set once
  primary key (profile, meter, obis, slot_ms),
  check ((raw is null) = (quality = 'missing'))
) strict, without rowid;
create index slot_unsealed on slot (profile, meter, obis, slot_ms) where delivery is null;
create index slot_delivery on slot (delivery) where delivery is not null;
${radioTables}create table setting (name text primary key, value any) strict, without rowid;
pragma application_id = ${applicationId};
pragma user_version = ${schemaVersion};
commit;
`;

/**
 * Refuses a file that another program made. SQLite keeps 16 bytes of text in front and our number at byte 68; an empty file
 * is a new store.
 *
 * @throws {GatewayError} "not-our-data", "data-not-writable".
 */
export function refuseForeign(path: string): void {
  const header = new Uint8Array(100);
  let length: number;
  try {
    const file = openSync(path, "r");
    length = readSync(file, header, 0, 100, 0);
    closeSync(file);
  } catch (cause) {
    throw new GatewayError("data-not-writable", `data: ${path} cannot be read (${codeOf(cause)})`, { cause });
  }
  if (length === 0) return;
  const isSqlite = length === 100 && new TextDecoder().decode(header.subarray(0, 15)) === "SQLite format 3";
  const id = new DataView(header.buffer).getUint32(68);
  // 0: made and not yet given its tables when the power went.
  if (!isSqlite || (id !== applicationId && id !== 0)) {
    throw new GatewayError(
      "not-our-data",
      `data: ${path} is no store of a gateway; move it away or name another folder`,
    );
  }
}
