/** The meters of a street with what has to be known before they run: a port for each, and who speaks on it. */

import { identityOf } from "@siegel/lab-meters/identity";
import { radioStreet } from "@siegel/lab-meters/radio-street";
import { MeterId } from "@siegel/readings";
import { CommandError, exitCode } from "../exit.ts";
import { maxCaptureBytes, recorded } from "../read/capture.ts";
import { wholeSource } from "../read/whole-source.ts";
import type { LabMeter, Street } from "./household-list.ts";
import type { RunnableMeter } from "./lab.ts";
import { portNear } from "./ports.ts";

/**
 * @param remembered  Ports of an earlier start, by name: kept where they are free, so that addresses stay.
 * @throws {CommandError} when a capture cannot be replayed, or does not tell whose it is.
 */
export async function runnableMeters(
  { meters }: Street,
  remembered: Readonly<Record<string, number>>,
  ended: AbortSignal,
): Promise<readonly RunnableMeter[]> {
  return Promise.all(
    meters.map(async (meter) => {
      const { kind, name } = meter;
      return { meter, speakers: await speakersOf(kind, ended), port: await portNear(remembered[name]) };
    }),
  );
}

async function speakersOf(kind: LabMeter["kind"], ended: AbortSignal): Promise<RunnableMeter["speakers"]> {
  if ("radioSeed" in kind) {
    return radioStreet(kind.radioSeed).map(({ id, key, protection }) => ({ id: id.id, radio: { key, protection } }));
  }
  const ids = "replay" in kind ? await idsIn(kind.replay, ended) : [MeterId.of(identityOf(kind.seed).serverId).id];
  return ids.map((id) => ({ id }));
}

async function idsIn(file: string, ended: AbortSignal): Promise<readonly string[]> {
  const bytes = await wholeSource(file, ended, maxCaptureBytes);
  const { meters } = await recorded(file, bytes, () => {});
  if (meters.length > 0) return meters.map(({ id }) => id);
  throw new CommandError(exitCode.failed, `the telegrams in ${file} do not say which meter they are of`);
}
