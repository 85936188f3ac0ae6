/** The check of one block, from the proof file and what the page displays to a report. */

import { type Step, verdictOf } from "../core/verdict.ts";
import { type Displayed, displayedBlock } from "./displayed-block.ts";
import type { BlockReport, Request, ShownBlock } from "./messages.ts";
import { signedBlock, stepsOf } from "./proof.ts";

export async function checkBlock(request: Extract<Request, { do: "check" }>): Promise<BlockReport> {
  const { shown, proof, root } = request;
  const { blockId, obis, values } = shown;
  const signed = signedBlock(proof);
  const displayed = signed && displayedOf(signed, shown);
  if (signed === undefined || displayed === undefined) return unreadable(shown);
  const { fromMs, toMs, count } = displayed;
  // What no block can carry is not what was signed: the signed block then shows that all else is in order.
  const { steps, passed } = await stepsOf({ bundle: proof, block: displayed.bytes ?? signed, root });
  const judged = steps.map((step) =>
    displayed.bytes === undefined && step.name === "commitment"
      ? { ...step, state: "failed" as const, code: "not-a-block" }
      : step,
  );
  const all = [subjectStep(displayed, shown), ...judged.flatMap((step) => withGateway(step, shown))];
  const verdict = verdictOf(all, passed);
  return { blockId, obis, verdict, steps: all, block: { fromMs, toMs, count }, shownCount: values.length };
}

/** The page's own step: a genuine proof of something else proves nothing here. */
function subjectStep({ mismatch }: Displayed, { meter, obis }: ShownBlock): Step {
  const state = mismatch === undefined ? "passed" : "failed";
  return { name: "subject", state, code: mismatch, detail: { meter, register: obis } };
}

/** The signature is followed by whose it is: another gateway's sound seal says nothing about this meter. */
function withGateway(step: Step, { gateway }: ShownBlock): Step[] {
  const { signer } = step.detail;
  if (step.name !== "signature" || gateway === null || signer === undefined) return [step];
  const state = signer === gateway ? "passed" : "failed";
  return [
    step,
    { name: "gateway", state, code: state === "failed" ? "other-gateway" : undefined, detail: { signer, gateway } },
  ];
}

function displayedOf(signed: Uint8Array, shown: ShownBlock): Displayed | undefined {
  try {
    return displayedBlock(signed, shown);
  } catch {
    return undefined; // the octets that came with the proof are no block
  }
}

function unreadable({ blockId, obis, values }: ShownBlock): BlockReport {
  const step: Step = { name: "block", state: "failed", code: "unreadable", detail: {} };
  return { blockId, obis, verdict: "unreadable", steps: [step], block: undefined, shownCount: values.length };
}
