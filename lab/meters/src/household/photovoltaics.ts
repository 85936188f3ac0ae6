/**
 * A roof of solar modules with its inverter: clear sky, clouds, temperature, clipping.
 *
 * In: sun, weather, the roof.  Out: negative active power (fed towards the grid), constant for ten seconds.
 * Source: clear sky after Haurwitz (1945); diffuse light taken as the same from all of the sky (Liu and Jordan 1963).
 * Inverters up to 4.6 kVA feed one phase, larger ones all three: VDE-AR-N 4105, limit of unbalance.
 */

import { type Process, processStepSeconds } from "./appliance.ts";
import { type Phase, phases } from "./load.ts";
import { type Place, radians, sunPosition } from "./sun.ts";
import type { Weather } from "./weather.ts";

export interface Photovoltaics {
  /** Rated power of the modules in W. */
  readonly peakWatts: number;
  /** 0 = flat, 90 = a wall. */
  readonly tiltDegrees: number;
  /** 0 = south, west positive. */
  readonly azimuthDegrees: number;
  /** Phase of an inverter up to 4.6 kVA: a roof up to 5.1 kWp. */
  readonly phase: Phase;
}

export const southRoof: Photovoltaics = { peakWatts: 5_000, tiltDegrees: 35, azimuthDegrees: 0, phase: 2 };

export function photovoltaics(roof: Photovoltaics, place: Place, weather: Weather): Process {
  const feeding: readonly Phase[] = roof.peakWatts * inverterShare > onePhaseWatts ? phases : [roof.phase];
  return {
    name: "photovoltaics",
    addTo(sum, second) {
      const watts = roofWatts(roof, place, weather, second + processStepSeconds / 2);
      if (watts === 0) return;
      const each = Math.round((watts * 1000) / feeding.length);
      for (const phase of feeding) {
        sum.activeMilliwatts[phase] -= each;
        sum.reactiveMillivars[phase] += Math.round(each * 0.03); // filters of the inverter
      }
    },
  };
}

/** Power behind the inverter in W, 0 at night. */
function roofWatts(roof: Photovoltaics, place: Place, weather: Weather, second: number): number {
  const sun = sunPosition(second, place);
  const sinElevation = Math.sin(sun.elevation);
  if (sinElevation < 0.01) return 0;
  const clear = 1098 * sinElevation * Math.exp(-0.059 / sinElevation); // W/m² on level ground
  const sunlight = weather.sunlight(second);
  const direct = clear * 0.86 * sunlight;
  const throughClouds = clear * (0.5 - 0.38 * weather.cloudCover(second));
  const diffuse = clear * 0.14 * sunlight + throughClouds * (1 - sunlight);
  const tilt = radians(roof.tiltDegrees);
  const cosIncidence =
    sinElevation * Math.cos(tilt) +
    Math.cos(sun.elevation) * Math.sin(tilt) * Math.cos(sun.azimuth - radians(roof.azimuthDegrees));
  const onRoof =
    direct * Math.min(Math.max(0, cosIncidence) / sinElevation, 6) + // at sunrise the ratio knows no limit
    (diffuse * (1 + Math.cos(tilt))) / 2 +
    ((direct + diffuse) * groundReflects * (1 - Math.cos(tilt))) / 2;
  const warming = weather.temperatureCelsius(second) + 0.028 * onRoof - 25;
  const watts = roof.peakWatts * (onRoof / 1000) * (1 - 0.0038 * warming) * systemEfficiency;
  return watts < 5 ? 0 : Math.min(watts, roof.peakWatts * inverterShare);
}

const groundReflects = 0.2;
/** Cables, dirt, mismatch, inverter. */
const systemEfficiency = 0.86;
/** Inverters are chosen smaller than the modules. */
const inverterShare = 0.9;
/** Limit of unbalance. */
const onePhaseWatts = 4_600;
