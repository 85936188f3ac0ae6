/** The newest value of each register, kept current by the server's events, and the state of that connection. */

import type { CurrentValue } from "@siegel/contract";
import { Instant } from "@siegel/readings";
import { useEffect, useReducer } from "preact/hooks";

import { series } from "../adapters/api.ts";
import { watchLive } from "../adapters/live.ts";
import { type LiveInput, type LiveState, newLive, nextLive } from "../core/live.ts";
import { currentPower } from "../core/profile.ts";

/**
 * @param latest     What the meter's detail told; events replace what is older.
 * @param onRefused  The server refused the connection: time to ask whether the session is over.
 */
export function useLive(
  meterId: string,
  latest: readonly CurrentValue[] | undefined,
  onRefused: () => void,
): LiveState {
  const [state, tell] = useReducer<LiveState, LiveInput>(nextLive, newLive);
  useEffect(() => {
    tell({ on: "meter" });
    return watchLive(meterId, {
      onReading: (reading) => tell({ on: "reading", reading }),
      onConnection: (connection) => tell({ on: "connection", connection }),
      onRefused,
    });
  }, [meterId]);
  useEffect(() => {
    for (const reading of latest ?? []) tell({ on: "reading", reading });
  }, [latest]);
  const power = currentPower(latest ?? []);
  useEffect(() => {
    if (power === undefined) return undefined;
    const abort = new AbortController();
    const [from, to] = [Date.now() - pastMs, Date.now() + 60_000].map((ms) => String(Instant.ofEpochMs(ms)));
    series(meterId, { obis: power.obis, from: from!, to: to!, kind: "sample" }, abort.signal).then(
      ({ values }) => {
        const known = values.filter(({ value }) => value !== null);
        tell({ on: "past", points: known.map(({ at, value }) => ({ atMs: Date.parse(at), power: Number(value) })) });
      },
      () => undefined, // only decoration: the trail then grows from now on
    );
    return () => abort.abort();
  }, [meterId, power?.obis]);
  return state;
}

const pastMs = 15 * 60_000;
