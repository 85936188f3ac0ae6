/**
 * Application data → data records. A total function: whatever a stranger sends, there is a list, and what is in no record
 * is told with its place and reason.
 *
 * In: the octets after the TPL header, decrypted.  Out: `RecordList`.
 * Not here: compact frames (./compact) and the fixed structure (./fixed), which are no sequence of records with headers.
 * Where the length of an element is not known (reserved DIF or LVAR), the rest cannot be told apart and is skipped whole.
 * Source: EN 13757-3:2018, clause 6.
 */

import { type Direction, headerAt } from "./header.ts";
import type { MbusRecord, RecordHeader, RecordList, SkipCode } from "./record.ts";
import { dataLengthOf, lengthOfLvar, readValue, readVariable } from "./value.ts";

export interface RecordOptions {
  /** What VIFEs 00-0F mean: errors from the meter, actions to it. From the meter unless told. */
  readonly direction?: Direction;
  /** Records after that many are not read; 2000 unless told. An empty record takes two octets. */
  readonly maxRecords?: number;
  /** Data with its high octet first (wired CI 76 and 77, old); headers are the same. Octets of values are turned round. */
  readonly isHighFirst?: boolean;
}

/** The records of application data. Never throws; work and memory grow with the length of the data only. */
export function decodeRecords(data: Uint8Array, options: RecordOptions = noOptions): RecordList {
  const direction = options.direction ?? "from-meter";
  const maxRecords = options.maxRecords ?? 2000;
  const isHighFirst = options.isHighFirst === true;
  const records: MbusRecord[] = [];
  const end = data.length;
  let skipped = nothingSkipped;
  let at = 0;
  while (at < end) {
    const dif = data[at]!;
    if (dif === filler) {
      at++;
      continue;
    }
    if ((dif & 0x0f) === 0x0f) {
      if (dif !== globalReadout) return endedBySpecial(data, at, records, skipped);
      // A request, not an end: what follows is read on.
      skipped = [...skipped, { offset: at, byteLength: 1, reason: "global-readout" }];
      if (skipped.length > maxReadouts) return stopped(records, skipped, at + 1, end, "too-many-records");
      at++;
      continue;
    }
    if (records.length === maxRecords) return stopped(records, skipped, at, end, "too-many-records");
    const header = headerAt(data, at, direction);
    if (typeof header === "string") return stopped(records, skipped, at, end, header);
    const dataAt = at + header.bytes.length;
    const fixed = dataLengthOf[header.coding];
    if (fixed >= 0) {
      if (dataAt + fixed > end) return stopped(records, skipped, at, end, "truncated");
      const source = isHighFirst ? turned(data, dataAt, fixed) : data;
      records.push(recordOf(header, at, dataAt + fixed - at, readValue(source, dataAt, header)));
      at = dataAt + fixed;
      continue;
    }
    const lvar = data[dataAt];
    if (lvar === undefined) return stopped(records, skipped, at, end, "truncated");
    const length = lengthOfLvar(lvar);
    if (length < 0) return stopped(records, skipped, at, end, "reserved-lvar");
    const next = dataAt + 1 + length;
    if (next > end) return stopped(records, skipped, at, end, "truncated");
    const source = isHighFirst ? turned(data, dataAt + 1, length) : data;
    records.push({ ...recordOf(header, at, next - at, readVariable(source, dataAt, header)), lvar });
    at = next;
  }
  return { records, moreFollows: false, skipped };
}

function recordOf(header: RecordHeader, offset: number, byteLength: number, value: MbusRecord["value"]): MbusRecord {
  const record = {
    offset,
    byteLength,
    headerLength: header.bytes.length,
    header,
    function: header.function,
    storage: header.storage,
    tariff: header.tariff,
    subunit: header.subunit,
    quantity: header.quantity,
    modifiers: header.modifiers,
    unit: header.unit,
    value,
  };
  return header.recordError === undefined ? record : { ...record, recordError: header.recordError };
}

/** The data with the octets `[at, at + length)` in the other order. Up to the place only: nobody reads behind it. */
function turned(data: Uint8Array, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(at + length);
  bytes[at - 1] = data[at - 1]!; // LVAR
  for (let index = 0; index < length; index++) bytes[at + index] = data[at + length - 1 - index]!;
  return bytes;
}

/** After DIF 0F or 1F the rest is the maker's; after a reserved DIF it is unknown how long the data is. */
function endedBySpecial(data: Uint8Array, at: number, records: readonly MbusRecord[], skipped: Skips): RecordList {
  const dif = data[at];
  if (dif !== manufacturerData && dif !== moreTelegrams) {
    return stopped(records, skipped, at, data.length, "reserved-dif");
  }
  const bytes = new Uint8Array(data.subarray(at + 1));
  return { records, manufacturerData: { offset: at + 1, bytes }, moreFollows: dif === moreTelegrams, skipped };
}

function stopped(
  records: readonly MbusRecord[],
  skipped: Skips,
  offset: number,
  end: number,
  reason: SkipCode,
): RecordList {
  return { records, moreFollows: false, skipped: [...skipped, { offset, byteLength: end - offset, reason }] };
}

type Skips = RecordList["skipped"];

const noOptions: RecordOptions = {};
const nothingSkipped: Skips = [];
/** One is enough; a telegram of nothing else is no reason to collect. */
const maxReadouts = 16;
const filler = 0x2f;
const manufacturerData = 0x0f;
const moreTelegrams = 0x1f;
const globalReadout = 0x7f;
