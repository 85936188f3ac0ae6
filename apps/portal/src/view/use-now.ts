/** The present, told again every so often. */

import { Instant } from "@siegel/readings";
import { useEffect, useState } from "preact/hooks";

export function useNow(everyMs: number): Instant {
  const [now, setNow] = useState(() => Instant.ofEpochMs(Date.now()));
  useEffect(() => {
    const timer = setInterval(() => setNow(Instant.ofEpochMs(Date.now())), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
