/** What is erased when. Pure. */

export type RetentionHours = Readonly<Record<string, number>>;

/** For each profile that is not kept for ever: everything committed before this instant goes. */
export function erasuresDue(retention: RetentionHours, nowMs: number): { profile: string; beforeMs: number }[] {
  return Object.entries(retention).map(([profile, hours]) => ({ profile, beforeMs: nowMs - hours * 3_600_000 }));
}
