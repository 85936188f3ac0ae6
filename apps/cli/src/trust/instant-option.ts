/** `--at`: an instant as RFC 3339 has it. */

import { InvalidArgumentError } from "commander";

export function instantOption(text: string): { readonly epochMs: number } {
  const epochMs = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/i.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(epochMs)) throw new InvalidArgumentError("an instant looks like 2026-11-25T12:00:00Z");
  return { epochMs };
}
