/** Meters to ask and the asking itself, for the tests of this folder. */

import {
  type Asker,
  decodeFile,
  type MessageBody,
  type Outcome,
  outcomesOf,
  RequestFile,
  type SmlFile,
  SmlFramer,
} from "@siegel/sml";
import { fromHex } from "@siegel/wire";
import { Household, SmlMeter, type SmlMeterOptions, VirtualMeter, type VirtualMeterOptions } from "../../src/index.ts";

/** A Tuesday in June, noon: the roof feeds in. */
export const noon = Date.UTC(2025, 5, 17, 10) / 1000;

export function household(): Household {
  return new Household({ seed: 7, photovoltaics: { peakWatts: 8_000 } });
}

export function virtualMeter(options: Partial<VirtualMeterOptions> = {}): VirtualMeter {
  return new VirtualMeter({ household: household(), from: noon, ...options });
}

/** A meter that lived through so many seconds from noon. */
export function meterAfter(seconds: number, options: Partial<SmlMeterOptions> = {}): SmlMeter {
  const meter = options.meter ?? virtualMeter();
  meter.advance(noon + seconds);
  return new SmlMeter({ seed: 7, ...options, meter });
}

const asker: Asker = { clientId: fromHex("c1"), reqFileId: fromHex("0001") };
export const asks = (more: Partial<Asker> = {}): RequestFile => new RequestFile({ ...asker, ...more });

/** What becomes of one request that goes to the meter as bytes and comes back as bytes. */
export function outcome(meter: SmlMeter, request: RequestFile): Outcome | undefined {
  return outcomesOf(request.messages(), fileOf(meter.answer(fileBytes(request.toBytes()))))[0];
}

/** The code of an attention; `answered` when there was none. */
export function verdict(meter: SmlMeter, request: RequestFile): string | undefined {
  const result = outcome(meter, request);
  return result !== undefined && "attention" in result ? result.attention.code : result?.result;
}

/** Answers to one request, all of the kind expected. */
export function answers<K extends MessageBody["kind"]>(meter: SmlMeter, request: RequestFile, kind: K): ValueOf<K>[] {
  const result = outcome(meter, request);
  if (result?.result !== "answered") throw new Error(`the meter gave no answer: ${result?.result}`);
  return result.answers.map((body) => {
    if (body.kind !== kind) throw new Error(`the meter answered with ${body.kind}`);
    return body.value as ValueOf<K>; // the kind was just compared, which does not narrow by a type parameter
  });
}

type ValueOf<K extends MessageBody["kind"]> = Extract<MessageBody, { kind: K }>["value"];

/** Decodes strictly: a meter that departs from the standard fails every test. */
export function fileOf(bytes: Uint8Array | undefined): SmlFile {
  return decodeFile(fileBytes(bytes ?? new Uint8Array(0)), { strict: true });
}

/** The payload of the one file in these bytes. */
export function fileBytes(bytes: Uint8Array): Uint8Array {
  const [event, ...more] = new SmlFramer({ strict: true, maxFileBytes: 65_536 }).push(bytes);
  if (event?.kind !== "file" || more.length > 0) throw new Error("not one SML file");
  return event.payload;
}
