/**
 * Who a meter is: the octets it calls itself by, and the label printed on it.
 *
 * In: server id octets (SML, DLMS), or a label.  Out: `MeterId` with what the octets say: maker, medium, number.
 * The octets are the identity; the label is a view for people and is absent where no published rule gives one.
 * Source: DIN 43863-5:2012-04 and its drafts of July 2010 (`09`) and February 2010 (`06`), the drafts as public software
 * reads them; EN 13757-7 for M-Bus addresses; ASCII as observed.
 */

import { equalBytes, toHex } from "@siegel/wire";
import { ReadingError } from "./errors.ts";
import { companyOfMaker, makerOfNumber } from "./flag-makers.ts";

/**
 * Which rule the octets follow. `maker-octets` is the form of first-generation eHZ: maker, then six octets, which public
 * software reads as 13 digits (medium, year, block, number). Without the draft in hand no label is made of them.
 */
export type MeterIdForm = "din-43863-5" | "din-43863-5-draft" | "maker-octets" | "mbus-address" | "ascii" | "unknown";

interface Parts {
  readonly form: MeterIdForm;
  readonly label?: string;
  readonly maker?: string;
  readonly medium?: number;
  readonly productionBlock?: string;
  readonly serial?: string;
}

export class MeterId {
  /** The octets in lower-case hex, `0a01445a4700039e2055`: equal ids are equal here. */
  readonly id: string;
  readonly #bytes: Uint8Array;
  #parts: Parts | undefined;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.id = toHex(bytes);
  }

  /**
   * The id of these octets, which are copied. Octets of no known form are an id, too: its form is "unknown".
   *
   * @throws {ReadingError} "not-a-meter-id" when there are none or more than 64.
   */
  static of(bytes: Uint8Array): MeterId {
    if (bytes.length === 0 || bytes.length > maxBytes) throw new ReadingError("not-a-meter-id");
    return new MeterId(new Uint8Array(bytes)); // not slice: of a Buffer that is a view
  }

  /**
   * The id that belongs to a label of DIN 43863-5, in its form of 2012: `1DZG0060694613`. Blanks and lower case are allowed.
   *
   * @throws {ReadingError} "not-a-meter-id".
   */
  static ofLabel(label: string): MeterId {
    const parts = label.length <= 32 ? dinLabel.exec(label.replaceAll(" ", "").toUpperCase()) : null;
    if (parts === null) throw new ReadingError("not-a-meter-id");
    const [, medium = "", maker = "", block = "", serial = ""] = parts;
    const bytes = new Uint8Array(10);
    bytes[0] = 0x0a;
    bytes[1] = Number.parseInt(medium, 16);
    for (let index = 0; index < 3; index++) bytes[2 + index] = maker.charCodeAt(index);
    bytes[5] = Number.parseInt(block, 16);
    new DataView(bytes.buffer).setUint32(6, Number(serial));
    return new MeterId(bytes);
  }

  get form(): MeterIdForm {
    return this.#known.form;
  }

  /** What is printed on the meter: `1DZG0060694613`; absent when the form has no rule for it. */
  get label(): string | undefined {
    return this.#known.label;
  }

  /** Three letters of the maker (FLAG). */
  get maker(): string | undefined {
    return this.#known.maker;
  }

  /** The maker's company, when the table knows it. */
  get company(): string | undefined {
    return this.maker === undefined ? undefined : companyOfMaker(this.maker);
  }

  /** Medium as in group A of an OBIS code: 1 electricity, 7 gas …; 14 (E) is a gateway or other communication device. */
  get medium(): number | undefined {
    return this.#known.medium;
  }

  /** Two hexadecimal digits between maker and number. */
  get productionBlock(): string | undefined {
    return this.#known.productionBlock;
  }

  /** Eight decimal digits. */
  get serial(): string | undefined {
    return this.#known.serial;
  }

  /** The octets; a copy. */
  toBytes(): Uint8Array {
    return new Uint8Array(this.#bytes);
  }

  /** Same octets. The same label in two forms is two ids: only a registry may say that they are one meter. */
  equals(other: MeterId): boolean {
    return this === other || equalBytes(this.#bytes, other.#bytes);
  }

  /** The label, else the octets in hex. */
  toString(): string {
    return this.label ?? this.id;
  }

  toJSON(): { id: string; label?: string } {
    return this.label === undefined ? { id: this.id } : { id: this.id, label: this.label };
  }

  get #known(): Parts {
    return (this.#parts ??= partsOf(this.#bytes));
  }
}

function partsOf(bytes: Uint8Array): Parts {
  const first = bytes[0];
  if (bytes.length === 10 && (first === 0x0a || first === 0x09)) return dinParts(bytes);
  if (bytes.length === 10 && first === 0x06) {
    const maker = lettersAt(bytes, 1);
    return maker === undefined ? unknown : { form: "maker-octets", maker };
  }
  if (bytes.length === 9 && first === 0x01) return mbusParts(bytes);
  if (bytes.every((byte) => byte >= 0x20 && byte <= 0x7e)) return asciiParts(bytes);
  return unknown;
}

/** `0a` (draft: `09`), medium, three letters, production block, number as u32. A number of nine digits has no label. */
function dinParts(bytes: Uint8Array): Parts {
  const medium = bytes[1]!;
  const maker = lettersAt(bytes, 2);
  const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(6);
  if (medium > 0x0f || maker === undefined || number > 99_999_999) return unknown;
  const form = bytes[0] === 0x0a ? "din-43863-5" : "din-43863-5-draft";
  return labelled(form, medium, maker, hexOctet(bytes[5]!), String(number).padStart(8, "0"));
}

/** `01`, maker, number, version and medium as in an M-Bus link address; version takes the place of the block. */
function mbusParts(bytes: Uint8Array): Parts {
  const number = toHex(bytes.subarray(3, 7).toReversed());
  const medium = mediumOfMbus[bytes[8]!];
  if (!/^\d{8}$/.test(number)) return unknown;
  let maker: string;
  try {
    maker = makerOfNumber(bytes[1]! | (bytes[2]! << 8));
  } catch {
    return unknown; // five bits that are no letter: then it is no M-Bus address either
  }
  if (medium === undefined) return { form: "mbus-address", maker, serial: number };
  return labelled("mbus-address", medium, maker, hexOctet(bytes[7]!), number);
}

/** Printable text is its own label; many DLMS meters send the label of DIN 43863-5 like this. */
function asciiParts(bytes: Uint8Array): Parts {
  const text = String.fromCharCode(...bytes).trim();
  const parts = dinLabel.exec(text.toUpperCase());
  if (parts === null) return text === "" ? unknown : { form: "ascii", label: text };
  const [, medium = "", maker = "", block = "", serial = ""] = parts;
  return labelled("ascii", Number.parseInt(medium, 16), maker, block, serial);
}

function labelled(form: MeterIdForm, medium: number, maker: string, productionBlock: string, serial: string): Parts {
  const label = medium.toString(16).toUpperCase() + maker + productionBlock + serial;
  return { form, label, maker, medium, productionBlock, serial };
}

function lettersAt(bytes: Uint8Array, at: number): string | undefined {
  const letters = String.fromCharCode(...bytes.subarray(at, at + 3));
  return /^[A-Z]{3}$/.test(letters) ? letters : undefined;
}

function hexOctet(byte: number): string {
  return byte.toString(16).padStart(2, "0").toUpperCase();
}

const maxBytes = 64;
const dinLabel = /^([0-9A-F])([A-Z]{3})([0-9A-F]{2})(\d{8})$/;
const unknown: Parts = { form: "unknown" };
/** OBIS medium of an M-Bus device type (EN 13757-7). */
const mediumOfMbus: Readonly<Record<number, number>> = {
  0x02: 1, // electricity
  0x03: 7, // gas
  0x04: 6, // heat, outlet
  0x06: 9, // warm water
  0x07: 8, // water
  0x08: 4, // heat cost allocator
  0x0a: 5, // cooling, outlet
  0x0b: 5, // cooling, inlet
  0x0c: 6, // heat, inlet
  0x0d: 6, // heat and cooling
  0x15: 9, // hot water
  0x16: 8, // cold water
};
