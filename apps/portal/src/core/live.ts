/**
 * Current values as a state: the newest of each register, a short trail of power, the state of the connection.
 *
 * Events may come twice and out of order; a value never replaces a newer one.
 */

import type { CurrentValue } from "@siegel/contract";

import { ObisCode } from "@siegel/readings";

import { currentPower } from "./profile.ts";

export interface TrailPoint {
  readonly atMs: number;
  /** W; negative is into the grid. To draw only. */
  readonly power: number;
}

export interface LiveState {
  readonly connection: "connecting" | "live" | "reconnecting";
  readonly byRegister: ReadonlyMap<string, CurrentValue>;
  /** Oldest first. */
  readonly trail: readonly TrailPoint[];
}

export type LiveInput =
  | { readonly on: "meter" }
  | { readonly on: "connection"; readonly connection: LiveState["connection"] }
  | { readonly on: "reading"; readonly reading: CurrentValue }
  /** What was before the page was opened. */
  | { readonly on: "past"; readonly points: readonly TrailPoint[] };

export const newLive: LiveState = { connection: "connecting", byRegister: new Map(), trail: [] };

export function nextLive(state: LiveState, input: LiveInput): LiveState {
  switch (input.on) {
    case "meter":
      return newLive;
    case "connection":
      return { ...state, connection: input.connection };
    case "past": {
      const first = state.trail[0]?.atMs ?? Number.POSITIVE_INFINITY;
      const older = input.points.filter(({ atMs }) => atMs < first);
      return { ...state, trail: [...older, ...state.trail].slice(-maxTrail) };
    }
    case "reading":
      return withReading(state, input.reading);
  }
}

function withReading(state: LiveState, reading: CurrentValue): LiveState {
  const known = state.byRegister.get(reading.obis);
  if (known !== undefined && Date.parse(known.at) >= Date.parse(reading.at)) return state;
  const byRegister = new Map(state.byRegister).set(reading.obis, reading);
  const isPower = currentPower([reading]) !== undefined && reading.quality !== "missing";
  if (!isPower) return { ...state, byRegister };
  const point = { atMs: Date.parse(reading.at), power: Number(reading.value) };
  return { ...state, byRegister, trail: [...state.trail, point].slice(-maxTrail) };
}

/** Which totals are the newest, as a text to compare; empty as long as there is none. */
export function newestTotals(latest: Iterable<CurrentValue>): string {
  const totals = [...latest].filter(({ obis }) => ObisCode.parse(obis).d === 8);
  return totals
    .map(({ obis, at }) => `${obis} ${at}`)
    .sort()
    .join(", ");
}

/** The trail in pieces: a line that ran on through a gap would show values that nobody measured. */
export function unbroken(trail: readonly TrailPoint[]): TrailPoint[][] {
  const pieces: TrailPoint[][] = [];
  for (const point of trail) {
    const last = pieces.at(-1);
    if (last !== undefined && point.atMs - last.at(-1)!.atMs <= maxGapMs) last.push(point);
    else pieces.push([point]);
  }
  return pieces;
}

/** Fifteen minutes of a value every five seconds. */
const maxTrail = 180;
const maxGapMs = 30_000;
