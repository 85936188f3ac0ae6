/**
 * The gateway's store on `node:sqlite`: values, deliveries, receipts.
 *
 * Here: how the transactions of ../core/ports happen. Not here: when they happen (../core/courier argues why no power cut loses or
 * doubles a value).
 *
 * What that argument rests on: journal WAL with synchronous FULL, so that a transaction whose commit returned is on the disk,
 * and one that did not is not there at all after a power cut; and one user: the lock is exclusive and the kernel releases
 * it when the process is gone, however it went. Values of one slot have one row, by primary key; a row without a delivery gets
 * one once, by a condition in the update that is counted. `settle` drops the bytes of a delivery in the same transaction that
 * keeps its receipt: before it the bytes are sent again, after it never.
 */

import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { makeFolder, standingFiles } from "@siegel/channel";
import type { Quality, Trust } from "@siegel/readings";

import type { Neighbour } from "../core/admit.ts";
import type { DecidedSlots, DeliveryStore, SealedBytes, StoredDelivery, ValueStore } from "../core/ports.ts";
import type { SeriesKey } from "../core/profile.ts";
import type { AcceptedReceipt } from "../core/receipt.ts";
import { numberOf, type SlotValue } from "../core/slot-value.ts";
import { codeOf, GatewayError } from "../errors.ts";
import { refuseForeign, schema, schemaVersion, upgrades } from "./schema.ts";

type Owner = Omit<SeriesKey, "obis">;

/** Which records a compact telegram stands for. */
export interface RadioFormat {
  readonly key: string;
  readonly headers: Uint8Array;
  readonly trust: Trust;
}

export class GatewayStore implements ValueStore, DeliveryStore {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #isThere: () => boolean;
  readonly #prepared = new Map<string, StatementSync>();

  private constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#isThere = path === ":memory:" ? () => true : standingFiles([path, `${path}-wal`]);
    this.#isThere();
  }

  /**
   * Opens or makes the store and takes its lock.
   *
   * @param path  Its file, or ":memory:".
   * @throws {GatewayError} "data-in-use", "data-of-another-version", "not-our-data", "data-not-writable".
   */
  static open(path: string): GatewayStore {
    if (path !== ":memory:" && existsSync(path)) refuseForeign(path);
    let db: DatabaseSync | undefined;
    try {
      if (path !== ":memory:") closeSync(openSync(path, "a", 0o600)); // SQLite would let the group read it
      db = new DatabaseSync(path, { timeout: predecessorMs, enableForeignKeyConstraints: true });
      db.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full");
      db.exec("pragma trusted_schema = off; pragma cell_size_check = on; pragma secure_delete = on");
      db.exec("begin immediate; commit"); // takes the lock now, not at the first value
      let version = versionOf(db);
      if (version === 0) db.exec(schema);
      for (let next; (next = upgrades[version]) !== undefined; version = versionOf(db)) db.exec(next);
      if (version !== 0 && version !== schemaVersion) {
        const which = `${path} has version ${version}, this gateway knows ${schemaVersion}`;
        throw new GatewayError(
          "data-of-another-version",
          `data: ${which}; use the release that wrote it, or name another folder`,
        );
      }
      return new GatewayStore(db, path);
    } catch (cause) {
      db?.close();
      throw openingError(cause, path);
    }
  }

  close(): void {
    this.#prepared.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  // Values

  series(): readonly SeriesKey[] {
    return this.#all("select profile, meter, obis from series").map((row) => ({
      ...ownerOf(row),
      obis: text(row["obis"]),
    }));
  }

  newestSlot(series: SeriesKey): number | undefined {
    return this.#instant(
      "select max(slot_ms) as at from slot where profile = ? and meter = ? and obis = ?",
      keyOf(series),
    );
  }

  oldestSlot(series: SeriesKey): number | undefined {
    return this.#instant(
      "select min(slot_ms) as at from slot where profile = ? and meter = ? and obis = ?",
      keyOf(series),
    );
  }

  formOf(series: SeriesKey): Pick<SlotValue, "scaler" | "unit" | "trust"> {
    const row = this.#get(`${oneSeries} order by slot_ms desc limit 1`, keyOf(series));
    if (row === undefined) return { scaler: 0, unit: undefined, trust: "clear" };
    const { scaler, unit, trust } = valueOf(row);
    return { scaler, unit, trust };
  }

  isDecided(series: SeriesKey, slotMs: number): boolean {
    return this.#get(`${oneSeries} and slot_ms = ?`, [...keyOf(series), slotMs]) !== undefined;
  }

  neighbours(series: SeriesKey, slotMs: number): { previous: Neighbour | undefined; next: Neighbour | undefined } {
    const filled = `${oneSeries} and raw is not null`;
    const previous = this.#get(`${filled} and slot_ms < ? order by slot_ms desc limit 1`, [...keyOf(series), slotMs]);
    const next = this.#get(`${filled} and slot_ms > ? order by slot_ms limit 1`, [...keyOf(series), slotMs]);
    return { previous: neighbour(previous), next: neighbour(next) };
  }

  decidedSlots(series: SeriesKey, { fromMs, toMs }: { fromMs: number; toMs: number }): DecidedSlots {
    const rows = this.#all(
      "select slot_ms, raw is null as missing from slot where profile = ? and meter = ? and obis = ? and slot_ms between ? and ? order by slot_ms",
      [...keyOf(series), fromMs, toMs],
    );
    const [values, missing]: [number[], number[]] = [[], []];
    for (const row of rows) (Number(row["missing"]) === 1 ? missing : values).push(Number(row["slot_ms"]));
    return { values, missing };
  }

  floorMs(profile: string): number {
    return this.#instant("select value as at from setting where name = ?", [`floor ${profile}`]) ?? 0;
  }

  keep(values: readonly SlotValue[]): number {
    return this.#transaction(() => {
      let added = 0;
      for (const value of values) {
        this.#run("insert or ignore into series values (?, ?, ?)", keyOf(value));
        const { slotMs, capturedMs, raw, scaler, unit, status, quality, trust } = value;
        const row = [slotMs, capturedMs, wide(raw), scaler, unit ?? null, wide(status), quality, trust];
        added += this.#run(`insert or ignore into slot values (${"?, ".repeat(11)} null)`, [...keyOf(value), ...row]);
      }
      return added;
    });
  }

  // Radio meters

  /** Highest counter that was verified, of a slot by its name. */
  radioCounter(slot: string): number | undefined {
    const row = this.#get("select highest from radio_counter where slot = ?", [slot]);
    return row === undefined ? undefined : Number(row["highest"]);
  }

  /** On the disk when it returns. */
  keepRadioCounter(slot: string, highest: number): void {
    this.#transaction(() =>
      this.#run(
        "insert into radio_counter values (?, ?) on conflict (slot) do update set highest = max(highest, excluded.highest)",
        [slot, highest],
      ),
    );
  }

  radioFormats(): readonly RadioFormat[] {
    return this.#all("select name, headers, trust from radio_format").map((row) => ({
      key: text(row["name"]),
      headers: octets(row["headers"]),
      trust: text(row["trust"]) as Trust, // written by the next method, and the table checks it
    }));
  }

  keepRadioFormat({ key, headers, trust }: RadioFormat): void {
    this.#transaction(() => this.#run("insert or replace into radio_format values (?, ?, ?)", [key, headers, trust]));
  }

  // Deliveries

  unsealed(): readonly Owner[] {
    return this.#all("select distinct profile, meter from slot where delivery is null").map(ownerOf);
  }

  unsealedValues({ profile, meter }: Owner, limit: number): readonly SlotValue[] {
    const text =
      "select * from slot where delivery is null and profile = ? and meter = ? order by obis, slot_ms limit ?";
    return this.#all(text, [profile, meter, limit]).map(valueOf);
  }

  addDelivery(delivery: Owner & SealedBytes & { readonly number: bigint }, values: readonly SlotValue[]): void {
    const { number, profile, meter, der, hash } = delivery;
    this.#transaction(() => {
      const columns = "number, profile, meter, der, hash, refusals";
      this.#run(`insert into delivery (${columns}) values (?, ?, ?, ?, ?, 0)`, [number, profile, meter, der, hash]);
      for (const value of values) {
        const bound = this.#run(
          "update slot set delivery = ? where profile = ? and meter = ? and obis = ? and slot_ms = ? and delivery is null",
          [number, ...keyOf(value), value.slotMs],
        );
        if (bound !== 1)
          throw new GatewayError("already-sealed", `delivery ${number} holds a slot of another delivery`);
      }
    });
  }

  deliveries(): readonly StoredDelivery[] {
    const columns = "number, profile, meter, refusals, length(der) as byte_length";
    return this.#all(`select ${columns} from delivery where receipt is null order by number`).map((row) => ({
      ...ownerOf(row),
      number: typeof row["number"] === "bigint" ? row["number"] : 0n, // a primary key, read as bigint
      refusals: Number(row["refusals"]),
      byteLength: Number(row["byte_length"]),
    }));
  }

  bytesOf(number: bigint): SealedBytes {
    const row = this.#get("select der, hash from delivery where number = ?", [number]);
    return { der: octets(row?.["der"]), hash: octets(row?.["hash"]) };
  }

  refused(number: bigint, code: string): void {
    this.#transaction(() =>
      this.#run("update delivery set refusals = refusals + 1, last_refusal = ? where number = ?", [code, number]),
    );
  }

  settle({ number, bytes, committedMs }: AcceptedReceipt): void {
    this.#transaction(() => {
      const text = "update delivery set receipt = ?, committed_ms = ?, der = null where number = ? and receipt is null";
      if (this.#run(text, [bytes, committedMs, number]) !== 1) {
        throw new GatewayError("unexpected-input", `delivery ${number} has a receipt or is none`);
      }
    });
  }

  /** The highest number that was ever used here. */
  newestDelivery(): bigint | undefined {
    const newest = this.#get("select max(number) as number from delivery", [])?.["number"];
    return typeof newest === "bigint" ? newest : undefined;
  }

  receiptOf(number: bigint): Uint8Array | undefined {
    const receipt = this.#get("select receipt from delivery where number = ?", [number])?.["receipt"];
    return receipt instanceof Uint8Array ? receipt : undefined;
  }

  /**
   * Forgets receipted values of a profile that are older than this against the newest receipt, and closes their slots for
   * good; their receipts, too.
   *
   * Why the receiver's signed time and not our clock: one that ran ahead would throw values away, and close slots of today.
   */
  prune({
    profile,
    keepMs,
    nowMs,
  }: {
    readonly profile: string;
    readonly keepMs: number;
    readonly nowMs: number;
  }): number {
    return this.#transaction(() => {
      const newest = this.#instant("select max(committed_ms) as at from delivery where committed_ms is not null", []);
      if (newest === undefined) return 0;
      const beforeMs = Math.min(newest, nowMs) - keepMs;
      if (beforeMs <= this.floorMs(profile)) return 0;
      const receipted = "delivery in (select number from delivery where receipt is not null)";
      const pruned = this.#run(`delete from slot where profile = ? and slot_ms < ? and ${receipted}`, [
        profile,
        beforeMs,
      ]);
      const unused = "not exists (select 1 from slot where slot.delivery = delivery.number)";
      this.#run(`delete from delivery where profile = ? and committed_ms < ? and ${unused}`, [profile, beforeMs]);
      const floor = "insert into setting values (?, ?) on conflict (name) do update set value = excluded.value";
      this.#run(floor, [`floor ${profile}`, BigInt(beforeMs)]); // a plain number would be kept as a floating one
      return pruned;
    });
  }

  // Below: SQLite

  #transaction<T>(work: () => T): T {
    try {
      this.#db.exec("begin immediate");
      try {
        const result = work();
        this.#db.exec("commit");
        if (!this.#isThere()) throw takenAway(this.#path);
        return result;
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec("rollback");
        throw error;
      }
    } catch (cause) {
      throw failure(cause, this.#path);
    }
  }

  /** A page that is damaged shows when it is read, which may be long after the start. */
  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw failure(cause, this.#path);
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReadBigInts(true);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  #all(sql: string, inputs: readonly SQLInputValue[] = []): Row[] {
    return this.#guarded(() => this.#statement(sql).all(...inputs));
  }

  #get(sql: string, inputs: readonly SQLInputValue[]): Row | undefined {
    return this.#guarded(() => this.#statement(sql).get(...inputs));
  }

  #run(sql: string, inputs: readonly SQLInputValue[]): number {
    return this.#guarded(() => Number(this.#statement(sql).run(...inputs).changes));
  }

  #instant(sql: string, inputs: readonly SQLInputValue[]): number | undefined {
    const at = this.#get(sql, inputs)?.["at"];
    return typeof at === "bigint" ? Number(at) : undefined;
  }
}

/** The store of a data folder, which is made if it is not there. */
export function storePathIn(folder: string): string {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new GatewayError("data-not-writable", `data: ${folder} cannot be made (${codeOf(cause)})`, { cause });
  }
  return join(folder, "gateway.sqlite");
}

type Row = Record<string, SQLOutputValue>;

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("pragma user_version").get()?.["user_version"]);
}

function openingError(cause: unknown, path: string): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const message = cause instanceof Error ? cause.message : "";
  if (/locked|busy/.test(message)) {
    return new GatewayError("data-in-use", `data: ${path} is in use by another gateway`, { cause });
  }
  if (isDamage(cause)) return damaged(path, cause);
  return new GatewayError("data-not-writable", `data: ${path} cannot be opened (${sqliteCode(cause)})`, { cause });
}

/** What was written since is in no file that anybody finds: nobody may be told that it is kept. */
function takenAway(path: string): GatewayError {
  return new GatewayError("not-our-data", `data: ${path} was taken away or replaced while it was open; start again`);
}

function failure(cause: unknown, path: string): GatewayError {
  if (cause instanceof GatewayError) return cause;
  if (isDamage(cause)) return damaged(path, cause);
  return new GatewayError("store-failed", `data: the store cannot be read or written (${sqliteCode(cause)})`, {
    cause,
  });
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, with their extended forms. */
function isDamage(cause: unknown): boolean {
  const code = cause instanceof Error && "errcode" in cause ? Number(cause.errcode) & 0xff : 0;
  return code === 11 || code === 26;
}

function damaged(path: string, cause: unknown): GatewayError {
  const cure = "move it away, and what it had not delivered is asked of the meters again, as far as they remember it";
  return new GatewayError("not-our-data", `data: ${path} is damaged or no store of a gateway; ${cure}`, { cause });
}

/** SQLite's own word for it: it names no value. */
function sqliteCode(cause: unknown): string {
  return cause instanceof Error && "errstr" in cause && typeof cause.errstr === "string" ? cause.errstr : codeOf(cause);
}

function keyOf({ profile, meter, obis }: SeriesKey): [string, string, string] {
  return [profile, meter, obis];
}

function ownerOf(row: Row): Owner {
  return { profile: text(row["profile"]), meter: text(row["meter"]) };
}

function valueOf(row: Row): SlotValue {
  return {
    ...ownerOf(row),
    obis: text(row["obis"]),
    slotMs: Number(row["slot_ms"]),
    capturedMs: Number(row["captured_ms"]),
    raw: narrow(row["raw"]),
    scaler: Number(row["scaler"]),
    unit: row["unit"] === null ? undefined : text(row["unit"]),
    status: narrow(row["status"]),
    // Written by `keep` from values of these types, and the tables check them.
    quality: text(row["quality"]) as Quality,
    trust: text(row["trust"]) as Trust, // likewise
  };
}

function neighbour(row: Row | undefined): Neighbour | undefined {
  if (row === undefined) return undefined;
  const value = valueOf(row);
  const number = numberOf(value);
  return number === undefined ? undefined : { slotMs: value.slotMs, number, quality: value.quality };
}

function text(value: SQLOutputValue | undefined): string {
  return String(value);
}

function octets(value: SQLOutputValue | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new GatewayError("unexpected-input", "a delivery that is asked for has no bytes");
}

/** An integer of 64 bits, signed or unsigned: those above the signed ones are kept as text. */
function wide(value: number | bigint | undefined): SQLInputValue {
  if (value === undefined) return null;
  return BigInt(value) < 2n ** 63n ? BigInt(value) : String(value);
}

function narrow(value: SQLOutputValue | undefined): number | bigint | undefined {
  if (typeof value !== "bigint" && typeof value !== "string") return undefined;
  const number = BigInt(value);
  return Number.isSafeInteger(Number(number)) ? Number(number) : number;
}

const oneSeries = "select * from slot where profile = ? and meter = ? and obis = ?";
/** A gateway whose parent was killed needs a moment to notice. */
const predecessorMs = 2_000;
