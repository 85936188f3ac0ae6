/**
 * What never stops: router, clocks, chargers, ventilation, and the restlessness of electronics.
 *
 * A process, because it has a slightly different value every ten seconds and nothing to remember.
 */

import { slowNoise } from "../noise.ts";
import type { Random } from "../random.ts";
import { type Process, processStepSeconds } from "./appliance.ts";
import { phases } from "./load.ts";

export function standby(random: Random): Process {
  const watts = phases.map((phase) => random.fork("watts").fork(phase).between(20, 36));
  const drift = random.fork("drift");
  const flicker = random.fork("flicker");
  return {
    name: "standby",
    addTo(sum, second) {
      for (const phase of phases) {
        const slow = 1 + 0.12 * slowNoise(drift, second + phase * 997, 2_400);
        const quick = 2.4 * (flicker.at((second / processStepSeconds) * 3 + phase) - 0.5);
        const milliwatts = Math.round(((watts[phase] ?? 0) * slow + quick) * 1000);
        sum.activeMilliwatts[phase] += milliwatts;
        sum.reactiveMillivars[phase] -= Math.round(milliwatts * 0.55); // small power supplies are capacitive
      }
    },
  };
}
