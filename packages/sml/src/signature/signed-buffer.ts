/**
 * From a list response to the 320 bytes that its meter signed, and to the entries that they cover.
 *
 * In: a decoded response.  Out: family, buffer, signature, covered entries.  Not here: the check itself (./verify).
 * An object that occurs twice is refused: only one of the two would be in the buffer, and a reader could take the other.
 * Source: as ./layouts.
 */

import { ByteWriter, type Codec, EncodeError, toHex } from "@siegel/wire";
import type { GetListResponse } from "../messages/bodies.ts";
import type { ListEntry } from "../messages/entries.ts";
import { isPlausibleOffset, type SmlTime } from "../messages/time.ts";
import { SignatureError } from "./errors.ts";
import {
  bufferBytes,
  type Curve,
  curveOf,
  Edl40Buffer,
  EmocBuffer,
  emocStatusBits,
  IsaBuffer,
  type LayoutName,
  logIndexBytes,
  signatureBytes,
  signedObjects,
} from "./layouts.ts";

export interface SignedBuffer {
  readonly layout: LayoutName;
  readonly curve: Curve;
  /** 320 bytes; the signature is over their SHA-256. */
  readonly bytes: Uint8Array;
  /** r‖s of the list signature. */
  readonly signature: Uint8Array;
  /** The entries whose object, unit, scaler and value are in the buffer. No other entry is protected. */
  readonly covered: ReadonlySet<ListEntry>;
  /** When the signed register was read. The list's own time (`actSensorTime`) is in no buffer. */
  readonly time: SmlTime | undefined;
}

/**
 * The buffer that the list's signature is over.
 *
 * @throws {SignatureError} "not-signed", "unknown-layout", "ambiguous-object", "incomplete-list", "implausible-offset".
 */
export function signedBuffer(response: GetListResponse): SignedBuffer {
  const slot = response.listSignature;
  if (slot === undefined) throw new SignatureError("not-signed");
  const list = new SignedList(response);
  const layout = layoutOf(list, slot.length);
  const curve = curveOf[layout];
  const signature = slot.subarray(0, signatureBytes[curve]);
  const logIndex = slot.subarray(signatureBytes[curve]);
  try {
    const bytes = fill[layout](list, logIndex);
    const { valTime: time } = list.required(registerOf[layout]);
    return { layout, curve, bytes, signature, covered: list.covered, time };
  } catch (error) {
    // A field that does not fit its place in the buffer cannot have been signed.
    if (error instanceof EncodeError) throw new SignatureError("incomplete-list", { cause: error });
    throw error;
  }
}

/**
 * The family that signs such lists; `undefined` for a list without signature, or of no known family. No proof of anything.
 */
export function familyOf(response: GetListResponse): LayoutName | undefined {
  if (response.listSignature === undefined) return undefined;
  try {
    return layoutOf(new SignedList(response), response.listSignature.length);
  } catch (error) {
    if (error instanceof SignatureError) return undefined;
    throw error;
  }
}

const registerOf: Readonly<Record<LayoutName, string>> = {
  EDL40: signedObjects.edlValue,
  eMoC: signedObjects.edlValue,
  "ISA-EDL-40P": signedObjects.isaValue,
};

/** Length of the slot tells the curve; the signed register and its companions tell the family. */
function layoutOf(list: SignedList, slotBytes: number): LayoutName {
  if (slotBytes === signatureBytes["P-192"] + logIndexBytes && list.has(signedObjects.edlValue)) return "EDL40";
  if (slotBytes === signatureBytes["P-256"] + logIndexBytes) {
    if (list.has(signedObjects.edlValue)) return "eMoC";
    if (list.has(signedObjects.isaValue) && list.has(signedObjects.isaStartValue)) return "ISA-EDL-40P";
  }
  throw new SignatureError("unknown-layout");
}

const fill: Readonly<Record<LayoutName, (list: SignedList, logIndex: Uint8Array) => Uint8Array>> = {
  EDL40: (list, logIndex) => write(Edl40Buffer, { ...edlHead(list, logIndex, lowByte), rest: nothing }),

  eMoC: (list, logIndex) =>
    write(EmocBuffer, {
      ...edlHead(list, logIndex, foldedStatus),
      ...emocCompanions(list),
      rest: nothing,
    }),

  "ISA-EDL-40P": (list, logIndex) => {
    const value = list.required(signedObjects.isaValue);
    const start = list.required(signedObjects.isaStartValue);
    return write(IsaBuffer, {
      serverId: list.response.serverId,
      valueTime: localSeconds(value.valTime),
      status: lowByte(value),
      objName: value.objName,
      unit: value.unit ?? 0,
      scaler: value.scaler ?? 0,
      value: integerOf(value),
      logIndex,
      valueSignature: value.valueSignature ?? new Uint8Array(66),
      contractId: list.octets(signedObjects.contractId),
      startTime: localSeconds(start.valTime),
      sessionHash: list.octets(signedObjects.sessionHash),
      startStatus: lowByte(start),
      startObjName: start.objName,
      startUnit: start.unit ?? 0,
      startScaler: start.scaler ?? 0,
      startValue: integerOf(start),
      listName: list.response.listName ?? nothing,
      pagination: list.pagination(),
      rest: nothing,
    });
  },
};

function emocCompanions(list: SignedList) {
  const { unit, scaler } = list.required(signedObjects.edlValue);
  return {
    historicalValue: list.companion(signedObjects.historicalValue, { unit, scaler }),
    compensatedValue: list.companion(signedObjects.compensatedValue, { unit, scaler }),
    lineResistance: Number(list.companion(signedObjects.lineResistance, { unit: 38, scaler: -3 })),
    stopwatch: Number(list.companion(signedObjects.stopwatch, { unit: 7, scaler: 0 })),
    price: Number(list.companion(signedObjects.price, { unit: 10, scaler: -3 })),
  };
}

function edlHead(list: SignedList, logIndex: Uint8Array, statusByte: (entry: ListEntry) => number) {
  const value = list.required(signedObjects.edlValue);
  return {
    serverId: list.response.serverId,
    valueTime: localSeconds(value.valTime),
    status: statusByte(value),
    secondsIndex: list.secondsIndex(),
    pagination: list.pagination(),
    objName: value.objName,
    unit: value.unit ?? 0,
    scaler: value.scaler ?? 0,
    value: integerOf(value),
    logIndex,
    contractId: list.octets(signedObjects.contractId),
    contractTime: localSeconds(list.timeOf(signedObjects.contractId)),
  };
}

/** The list's entries by object; remembers which of them were put into the buffer. */
class SignedList {
  readonly response: GetListResponse;
  readonly covered = new Set<ListEntry>();
  readonly #byObject = new Map<string, ListEntry>();
  readonly #twice = new Set<string>();

  constructor(response: GetListResponse) {
    this.response = response;
    for (const entry of response.valList) {
      const object = toHex(entry.objName);
      if (this.#byObject.has(object)) this.#twice.add(object);
      this.#byObject.set(object, entry);
    }
  }

  has(object: string): boolean {
    return this.#byObject.has(object);
  }

  /** An entry whose object, unit, scaler and value all go into the buffer. */
  required(object: string): ListEntry {
    const entry = this.#find(object);
    if (entry === undefined) throw new SignatureError("incomplete-list");
    this.covered.add(entry);
    return entry;
  }

  /**
   * The value of an entry whose unit and scaler are not in the buffer; 0 if it is not in the list. It counts as covered
   * only with the unit and scaler that belong to it: a stranger could change them and leave the signature whole.
   */
  companion(object: string, form: Pick<ListEntry, "unit" | "scaler"> = {}): bigint {
    const entry = this.#find(object);
    if (entry === undefined) return 0n;
    this.#cover(entry, form);
    return integerOf(entry);
  }

  octets(object: string): Uint8Array {
    const entry = this.#find(object);
    if (entry === undefined) return nothing;
    if (entry.value?.type !== "octets") throw new SignatureError("incomplete-list");
    this.#cover(entry, {});
    return entry.value.value;
  }

  timeOf(object: string): SmlTime | undefined {
    return this.#find(object)?.valTime;
  }

  pagination(): number {
    const [first, second] = signedObjects.pagination;
    if (this.has(first) && this.has(second)) throw new SignatureError("ambiguous-object");
    if (!this.has(first) && !this.has(second)) throw new SignatureError("incomplete-list");
    return Number(this.companion(this.has(first) ? first : second));
  }

  /**
   * The meter's running time, as a time value inside a list value. Only as a second index: four bytes are in the buffer,
   * and as a local time with offsets the same four bytes would show another number.
   */
  secondsIndex(): number {
    const entry = this.#find(signedObjects.secondsIndex);
    const value = entry?.value;
    if (entry === undefined || value?.type !== "list" || value.value.kind !== "smlTime") {
      throw new SignatureError("incomplete-list");
    }
    const time = value.value.value;
    if (time.kind !== "secIndex") throw new SignatureError("incomplete-list");
    this.#cover(entry, {});
    return time.value;
  }

  #find(object: string): ListEntry | undefined {
    if (this.#twice.has(object)) throw new SignatureError("ambiguous-object");
    return this.#byObject.get(object);
  }

  #cover(entry: ListEntry, form: Pick<ListEntry, "unit" | "scaler">): void {
    const asExpected = entry.unit === form.unit && (entry.scaler ?? 0) === (form.scaler ?? 0);
    // A companion's time is not signed: with one, a stranger could give an old value a new date. Contract ids carry one.
    const timeless = entry.valTime === undefined || toHex(entry.objName) === signedObjects.contractId;
    if (asExpected && timeless && entry.status === undefined) this.covered.add(entry);
  }
}

function integerOf(entry: ListEntry): bigint {
  const value = entry.value;
  if (value?.type !== "signed" && value?.type !== "unsigned") throw new SignatureError("incomplete-list");
  return BigInt(value.value);
}

/**
 * Local wall-clock seconds: what these meters sign. Neither the offsets nor the kind of time are in the buffer, so a
 * stranger may exchange them: a second index in place of a date would leave the value without one, and offsets that no
 * place on earth has would move it by weeks.
 */
function localSeconds(time: SmlTime | undefined): number {
  if (time === undefined) return 0;
  if (time.kind === "secIndex") throw new SignatureError("incomplete-list");
  if (time.kind === "timestamp") return time.value;
  if (!isPlausibleOffset(time.value)) throw new SignatureError("implausible-offset");
  const { timestamp, localOffset, seasonTimeOffset } = time.value;
  return timestamp + (localOffset + seasonTimeOffset) * 60;
}

function lowByte(entry: ListEntry): number {
  return Number(BigInt(entry.status?.bits ?? 0) & 0xffn);
}

function foldedStatus(entry: ListEntry): number {
  const bits = BigInt(entry.status?.bits ?? 0);
  return emocStatusBits.reduce((byte, [from, to]) => byte | (Number((bits >> BigInt(from)) & 1n) << to), 0);
}

function write<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new ByteWriter(bufferBytes);
  codec.write(writer, value);
  return writer.toBytes();
}

const nothing = new Uint8Array(0);
