/** The check of one block, from the proof file and what the page displays to a report. */

import { type Step, verdictOf } from "../core/verdict.ts";
import { displayedBlock } from "./displayed-block.ts";
import type { BlockReport, Request } from "./messages.ts";
import { signedBlock, stepsOf } from "./proof.ts";

export async function checkBlock({ shown, proof, root }: Extract<Request, { do: "check" }>): Promise<BlockReport> {
  const { blockId, obis, values } = shown;
  const displayed = displayedBlock(signedBlock(proof), shown);
  const subject: Step = {
    name: "subject",
    state: displayed.mismatch === undefined ? "passed" : "failed",
    code: displayed.mismatch,
    detail: { meter: shown.meter, register: obis },
  };
  const { steps, passed } = await stepsOf(proof, displayed.bytes ?? new Uint8Array(), root);
  const all = [subject, ...steps];
  const { fromMs, toMs, count } = displayed;
  const verdict = verdictOf(all, passed);
  return { blockId, obis, verdict, steps: all, block: { fromMs, toMs, count }, shownCount: values.length };
}
