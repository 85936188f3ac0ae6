import { expect, test } from "vitest";
import { localDayOf, wallOf } from "../local-time.ts";
import { sunPosition, sunTimes } from "./sun.ts";

const place = { latitudeDegrees: 50.9, longitudeDegrees: 8 };
const degrees = (radians: number) => (radians * 180) / Math.PI;

test.each([
  ["summer solstice", Date.UTC(2025, 5, 21), 90 - 50.9 + 23.44],
  ["winter solstice", Date.UTC(2025, 11, 21), 90 - 50.9 - 23.44],
  ["autumn equinox", Date.UTC(2025, 8, 22), 90 - 50.9],
])("%s: the sun's highest stand", (_, date, expected) => {
  // A solar roof would harvest a summer in December.
  let highest = 0;
  for (let second = 0; second < 86_400; second += 60) {
    highest = Math.max(highest, degrees(sunPosition(date / 1000 + second, place).elevation));
  }
  expect(Math.abs(highest - expected)).toBeLessThan(0.7);
});

test("the sun is in the east in the morning and in the west in the evening", () => {
  // A roof to the east would feed in the evening.
  const day = Date.UTC(2025, 5, 21) / 1000;
  expect(degrees(sunPosition(day + 5 * 3600, place).azimuth)).toBeLessThan(-80);
  expect(degrees(sunPosition(day + 18 * 3600, place).azimuth)).toBeGreaterThan(80);
});

test.each([
  ["midsummer", Date.UTC(2025, 5, 21, 12), 5.2, 21.6],
  ["midwinter", Date.UTC(2025, 11, 21, 12), 8.5, 16.35],
  ["late March, summer time", Date.UTC(2025, 2, 31, 12), 7.1, 20],
])("%s: the sun rises and sets as the calendar says, to a quarter of an hour", (_, date, rises, sets) => {
  // Lights would burn at noon.
  const times = sunTimes(localDayOf(date / 1000), place);
  expect(Math.abs(wallOf(times.rises) / 3600 - rises)).toBeLessThan(0.25);
  expect(Math.abs(wallOf(times.sets) / 3600 - sets)).toBeLessThan(0.25);
});
