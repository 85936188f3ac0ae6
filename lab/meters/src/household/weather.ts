/**
 * Clouds and outdoor temperature as slow random processes around the season's mean.
 *
 * One weather serves all households of a region: neighbours' roofs lie in the same shade. Values are plausible for
 * western Germany, not measured.
 */

import { clamp, slowNoise } from "../noise.ts";
import { daySeconds, hourSeconds } from "../local-time.ts";
import type { Random } from "../random.ts";

export interface Weather {
  /** Outdoor temperature in °C. */
  temperatureCelsius(second: number): number;
  /** Share of the direct sunlight that gets through, 0 … 1. */
  sunlight(second: number): number;
  /** Share of the sky that is covered, 0 … 1; changes over hours. */
  cloudCover(second: number): number;
}

export function weatherOf(random: Random): Weather {
  const front = random.fork("front");
  const shower = random.fork("shower");
  const cloud = random.fork("cloud");
  const edge = random.fork("edge");
  const warmth = random.fork("warmth");
  const cloudCover = (second: number) => {
    const summer = -seasonOf(second); // clearer in summer
    const sky = 0.65 - 0.15 * summer + 0.75 * slowNoise(front, second, 2.2 * daySeconds);
    return clamp(sky + 0.35 * slowNoise(shower, second, 5 * hourSeconds), 0, 1);
  };
  return {
    cloudCover,
    sunlight(second) {
      const passing = 0.62 * slowNoise(cloud, second, 900) + 0.38 * slowNoise(edge, second, 150);
      return clamp(0.5 + 4 * (0.5 + 0.6 * passing - cloudCover(second)), 0, 1);
    },
    temperatureCelsius(second) {
      const hour = (second / hourSeconds + 1) % 24;
      const swing = 3.5 * Math.cos(((hour - 15) / 24) * 2 * Math.PI);
      return 9.8 - 8.7 * seasonOf(second) + swing + 6.5 * slowNoise(warmth, second, 3.5 * daySeconds);
    },
  };
}

/** 1 in late January, -1 in late July. */
function seasonOf(second: number): number {
  return Math.cos(((second / daySeconds - 24) / 365.25) * 2 * Math.PI);
}
