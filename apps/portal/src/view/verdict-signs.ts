/** Sign and tone of each verdict: no two that ask for different things share a sign. */

import type { Verdict } from "../core/verdict.ts";
import type { IconName } from "./icons.tsx";

export const verdictIcon: Readonly<Record<Verdict, IconName>> = {
  genuine: "seal",
  changed: "broken",
  damaged: "broken",
  stranger: "person",
  otherGateway: "device",
  otherSubject: "question",
  otherRoot: "root",
  revoked: "blocked",
  invalidTime: "clock",
  noReceipt: "question",
  unreadable: "question",
  unavailable: "offline",
};

/** bad: do not rely on it. doubt: someone has to look. open: nothing is said. */
export const verdictTone: Readonly<Record<Verdict, "good" | "bad" | "doubt" | "open">> = {
  genuine: "good",
  changed: "bad",
  damaged: "bad",
  stranger: "bad",
  otherSubject: "bad",
  otherGateway: "doubt",
  otherRoot: "doubt",
  revoked: "doubt",
  invalidTime: "doubt",
  noReceipt: "doubt",
  unreadable: "doubt",
  unavailable: "open",
};
