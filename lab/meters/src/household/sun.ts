/**
 * Where the sun stands: a table-free approximation, good to about half a degree.
 *
 * Angles in radians. Azimuth: 0 = south, west positive.
 * Source: declination and equation of time after Spencer (1971), Fourier series representation of the position of the sun.
 */

import { daySeconds, hourSeconds, type CalendarDay } from "../local-time.ts";

export interface Place {
  readonly latitudeDegrees: number;
  /** East positive. */
  readonly longitudeDegrees: number;
}

export interface SunPosition {
  readonly elevation: number;
  readonly azimuth: number;
}

export function sunPosition(second: number, place: Place): SunPosition {
  const { declination, equationOfTime } = dayAngles(second);
  const latitude = radians(place.latitudeDegrees);
  const solarSeconds = second + place.longitudeDegrees * 240 + equationOfTime; // four minutes of time a degree
  const hourAngle = (((solarSeconds % daySeconds) - daySeconds / 2) / daySeconds) * 2 * Math.PI;
  const sinElevation =
    Math.sin(latitude) * Math.sin(declination) + Math.cos(latitude) * Math.cos(declination) * Math.cos(hourAngle);
  const azimuth = Math.atan2(
    Math.sin(hourAngle),
    Math.cos(hourAngle) * Math.sin(latitude) - Math.tan(declination) * Math.cos(latitude),
  );
  return { elevation: Math.asin(sinElevation), azimuth };
}

/** Seconds of sunrise and sunset on this day. Between the polar circles only. */
export function sunTimes(day: CalendarDay, place: Place): { rises: number; sets: number } {
  const noonGuess = day.start + 12 * hourSeconds;
  const { declination, equationOfTime } = dayAngles(noonGuess);
  const half = Math.acos(-Math.tan(radians(place.latitudeDegrees)) * Math.tan(declination)) / (2 * Math.PI);
  const midnightUtc = Math.floor(noonGuess / daySeconds) * daySeconds;
  const noon = midnightUtc + daySeconds / 2 - place.longitudeDegrees * 240 - equationOfTime;
  return { rises: Math.round(noon - half * daySeconds), sets: Math.round(noon + half * daySeconds) };
}

/** Declination in radians, equation of time in seconds. The year is taken as 365.25 days from 1970: enough for light. */
function dayAngles(second: number): { declination: number; equationOfTime: number } {
  const b = (2 * Math.PI * ((second / daySeconds) % 365.25)) / 365.25;
  return {
    declination:
      0.006918 -
      0.399912 * Math.cos(b) +
      0.070257 * Math.sin(b) -
      0.006758 * Math.cos(2 * b) +
      0.000907 * Math.sin(2 * b) -
      0.002697 * Math.cos(3 * b) +
      0.00148 * Math.sin(3 * b),
    equationOfTime:
      (daySeconds / 2 / Math.PI) *
      (0.000075 +
        0.001868 * Math.cos(b) -
        0.032077 * Math.sin(b) -
        0.014615 * Math.cos(2 * b) -
        0.04089 * Math.sin(2 * b)),
  };
}

export function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
