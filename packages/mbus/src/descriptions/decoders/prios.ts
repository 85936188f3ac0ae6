/**
 * PRIOS of Diehl, Sappel and Hydrometer (Izar and others, CI A0 to A7): a total and that of the last month behind a shift
 * register that everybody can run.
 *
 * In: the frame from L.  Out: volumes, date, battery, alarms; `undefined` unless the check octet 4B comes out.
 * The register of 32 bits starts with a published number and the frame's first octets, so that equal readings look different.
 * It keeps nothing secret.
 * Source: the facts page (taps, check octet, the two numbers); places of the fields from telegrams whose readings are public.
 */

import { readDate } from "../../records/dates.ts";
import type { Decoded, DecoderInput } from "../decoder.ts";
import { statesOf } from "../fields.ts";
import { dateAt, numberAt, stateAt, u32, u32High } from "./found.ts";

export function prios({ frame, content }: DecoderInput): Decoded | undefined {
  if (frame === undefined || frame.length < keystreamAt + 5 || content.length < 4) return undefined;
  for (const seed of seeds) {
    const plain = unhidden(frame, seed);
    if (plain[0] === checkOctet) return read(content, plain);
  }
  return undefined;
}

/** The octets from the 16th on, under the key stream of this seed. */
export function unhidden(frame: Uint8Array, seed: number): Uint8Array {
  let register = seed ^ u32High(frame, 2) ^ u32High(frame, 6) ^ u32High(frame, 10);
  const plain = frame.slice(keystreamAt);
  for (let index = 0; index < plain.length; index++) {
    for (let bit = 0; bit < 8; bit++) {
      const next = (register >>> 1) ^ (register >>> 2) ^ (register >>> 11) ^ (register >>> 31);
      register = (register << 1) | (next & 1);
    }
    plain[index]! ^= register & 0xff;
  }
  return plain;
}

/** Halves of the two published keys, one laid over the other. */
export const seeds: readonly number[] = [0x39bc8a10 ^ 0xe66d83f8, 0x51728910 ^ 0xe66d83f8];

/** The three octets behind CI are in clear. The hidden ones begin at octet 4 of the content. */
function read(content: Uint8Array, plain: Uint8Array): Decoded {
  const hidden = keystreamAt - contentAt;
  const whole = [hidden, plain.length] as const;
  const alarms = (content[0]! >> 7) | ((content[1]! >> 5) << 1) | (content[2]! << 4);
  const values = [
    numberAt(whole, "volume", u32(plain, 1), -3, "m3"),
    numberAt([1, 1], "battery-remaining", (content[1]! & 0x1f) * 5, -1, "a"),
    numberAt([0, 1], "transmission-period", 1 << ((content[0]! & 0x0f) + 2), 0, "s"),
    stateAt([0, 3], "error-flags", alarms, statesOf(alarmTexts, alarms)),
  ];
  if (plain.length >= 11) {
    values.push(numberAt(whole, "volume", u32(plain, 5), -3, "m3", { storage: 1 }));
    values.push(...dateAt(whole, "date", readDate(plain, 9, 2), { storage: 1 }));
  }
  return { values };
}

const alarmTexts = {
  bits: {
    "0": "general",
    "1": "blocked",
    "2": "leak-before",
    "3": "leak",
    "4": "mechanical-fraud-before",
    "5": "mechanical-fraud",
    "6": "sensor-fraud-before",
    "7": "sensor-fraud",
    "8": "submarine",
    "9": "overflow",
    "10": "underflow",
    "11": "backflow",
  },
};
const contentAt = 11;
const keystreamAt = 15;
const checkOctet = 0x4b;
