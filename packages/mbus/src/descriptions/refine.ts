/**
 * A description applied to a telegram: records renamed and rescaled, states in words, the maker's data read.
 *
 * In: a description and the parts of a telegram.  Out: a `Refinement` for `telegramOf`, or the telegram itself.
 * Why rules are found once for each header: headers are shared by all telegrams that carry them, so the rules of a description
 * cost a look into a table for each record.
 * A value has the trust of its own octets, whatever described it.
 */

import { ScaledValue } from "@siegel/readings";
import { toHex } from "@siegel/wire";
import type { MeterAddress } from "../framing/wireless/address.ts";
import { isDoubtful } from "../meaning/status.ts";
import {
  type MbusTelegram,
  type MbusValue,
  type Refinement,
  telegramOf,
  type TelegramParts,
} from "../meaning/telegram.ts";
import { nameOfRecord } from "../meaning/names.ts";
import type { MbusRecord, RecordHeader, RecordList } from "../records/record.ts";
import { type Described, inRange } from "./catalogue.ts";
import type { Decoded, DecoderKey } from "./decoder.ts";
import { decoders } from "./decoders/index.ts";
import type { MeterDescription, RecordCondition, RecordRule } from "./description.ts";
import { readFields, reread, statesOf } from "./fields.ts";
import { type ValueContext, valueOfFound } from "./value.ts";

export interface DescribedParts extends TelegramParts {
  /** Application data that the records were read from. */
  readonly content: Uint8Array;
  readonly ci: number;
  /** Radio frame from L, without checksums. */
  readonly frame?: Uint8Array | undefined;
  /** What a decoder has said already. */
  readonly decoded?: Decoded;
}

/** The telegram, with what the description knows. Without a description, the telegram that the standard gives. */
export function describedTelegram(parts: DescribedParts, described: Described | undefined): MbusTelegram {
  if (described === undefined) return telegramOf(parts);
  const { description, address } = described;
  const decoded = parts.decoded ?? decodedOf(description, address, parts);
  const list: RecordList =
    decoded?.replacesRecords === true ? { records: [], moreFollows: false, skipped: [] } : parts.records;
  return telegramOf({
    ...parts,
    records: list,
    refinement: refinementOf(described, { ...parts, records: list }, decoded),
  });
}

/** What a decoder makes of octets that are in no standard's form; `undefined` where none knows them. */
function decodedOf(description: MeterDescription, address: MeterAddress, parts: DescribedParts): Decoded | undefined {
  if (description.decoder === undefined) return undefined;
  const { content, ci, status, records, frame } = parts;
  return decoders[description.decoder]?.({ content, address, ci, status, records, frame, keys: noKeys });
}

function refinementOf({ description }: Described, parts: DescribedParts, decoded: Decoded | undefined): Refinement {
  const { content, status, meter, records } = parts;
  const deviceType = parts.deviceType ?? meter.toBytes().at(-1) ?? 0;
  const quality = status !== undefined && isDoubtful(status) ? "suspect" : "valid";
  const context: ValueContext = { meter, deviceType, quality, status };
  const rules = description.records;
  const makersData = records.manufacturerData;
  const fields = description.data;
  return {
    id: description.id,
    states: [
      ...(description.status === undefined || status === undefined ? [] : statesOf(description.status, status)),
      ...(decoded?.states ?? []),
    ],
    ofRecord: (record, value) => {
      const rule = rules === undefined ? undefined : ruleOf(rules, record.header);
      return rule === undefined ? [value] : refined(rule, record, value, content, context);
    },
    others: (trustOf) => [
      ...(fields === undefined || makersData === undefined
        ? []
        : readFields(fields, makersData.bytes, makersData.offset)
      ).map((found) => valueOfFound(found, trustOf(found.from, found.to), context)),
      ...(decoded?.values ?? []).map((found) => valueOfFound(found, trustOf(found.from, found.to), context)),
    ],
    readsManufacturerData: fields !== undefined || (decoded !== undefined && decoded.values.length > 0),
  };
}

function refined(
  rule: RecordRule,
  record: MbusRecord,
  value: MbusValue,
  content: Uint8Array,
  context: ValueContext,
): readonly MbusValue[] {
  const dataAt = record.offset + record.headerLength + (record.lvar === undefined ? 0 : 1);
  const data = content.subarray(dataAt, record.offset + record.byteLength);
  const fields = rule.fields === undefined ? [] : readFields(rule.fields, data, dataAt);
  const { trust } = value;
  const more = fields.map((found) => valueOfFound(found, trust, context));
  if (rule.hide === true) return more;
  const own = rule.reads === undefined ? value.value : (reread(rule.reads, data) ?? value.value);
  const number = own.kind === "number" ? own.value : undefined;
  const found = {
    name: rule.name ?? value.name,
    value: number === undefined ? own : { kind: "number" as const, value: rescaled(number, rule) },
    unit: rule.unit ?? value.unit?.symbol,
    function: rule.function ?? value.function,
    storage: rule.storage ?? value.storage,
    tariff: rule.tariff ?? value.tariff,
    subunit: rule.subunit ?? value.subunit,
    states: rule.states === undefined || number === undefined ? undefined : statesOf(rule.states, number.toNumber()),
    from: record.offset,
    to: record.offset + record.byteLength,
  };
  return [isSame(rule) ? withStates(value, found.states) : valueOfFound(found, trust, context), ...more];
}

/** The rule changes nothing but adds words: OBIS code and reading stay. */
function isSame(rule: RecordRule): boolean {
  return Object.keys(rule).every((key) => key === "when" || key === "states" || key === "fields");
}

function withStates(value: MbusValue, states: readonly string[] | undefined): MbusValue {
  return states === undefined ? value : { ...value, states };
}

function rescaled(value: ScaledValue, { exponent = 0, factor = 1 }: RecordRule): ScaledValue {
  if (factor === 1) return exponent === 0 ? value : value.timesPowerOfTen(exponent);
  return ScaledValue.of(BigInt(value.raw) * BigInt(factor), value.scaler + exponent);
}

function ruleOf(rules: readonly RecordRule[], header: RecordHeader): RecordRule | undefined {
  let known = ruleOfHeader.get(rules);
  if (known === undefined) ruleOfHeader.set(rules, (known = new WeakMap()));
  const rule = known.get(header);
  if (rule !== undefined) return rule === none ? undefined : rule;
  const found = rules.find(({ when }) => holds(when, header));
  known.set(header, found ?? none);
  return found;
}

function holds(when: RecordCondition, header: RecordHeader): boolean {
  if (when.header !== undefined && toHex(header.bytes) !== when.header.toLowerCase()) return false;
  if (when.vib !== undefined && header.vib !== when.vib.toLowerCase()) return false;
  if (when.name !== undefined && nameOfRecord(header) !== when.name) return false;
  if (when.function !== undefined && header.function !== when.function) return false;
  if (when.storage !== undefined && !inRange(when.storage, header.storage)) return false;
  if (when.tariff !== undefined && !inRange(when.tariff, header.tariff)) return false;
  return when.subunit === undefined || inRange(when.subunit, header.subunit);
}

/** What is opened needs none. */
const noKeys: readonly DecoderKey[] = [];
const none: RecordRule = { when: {} };
const ruleOfHeader = new WeakMap<readonly RecordRule[], WeakMap<RecordHeader, RecordRule>>();
