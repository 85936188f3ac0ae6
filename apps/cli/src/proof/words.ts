/**
 * The steps of a proof in words: what was asked, and what was found. Pure: steps in, lines out.
 *
 * Names in them come from a file of a stranger: control characters are taken away.
 */

import { proofCodes, type ProofStep, type ProofStepName, refusalCodes, skipCodes } from "@siegel/cms";
import { pathErrorCodes } from "@siegel/pki";

/** What the step asks. */
export const questions: Readonly<Record<ProofStepName, string>> = {
  block: "Is this a day block?",
  commitment: "Is it the block that was sealed?",
  binding: "Which delivery is it, from whom and for whom?",
  digest: "Is the sealed content the one that was signed?",
  signature: "Did the gateway sign it?",
  path: "Is it a gateway that the root answers for?",
  receipt: "Did the receiver confirm it, and when?",
};

/** What was found, in one sentence; then lines of detail. */
export function answerOf(step: ProofStep): string {
  return printable(
    step.state === "passed"
      ? passedTexts[step.name](step.detail)
      : `${textOfCode(step.code ?? "")} (${step.code ?? "no reason"})${about(step)}`,
  );
}

/** The text that belongs to a stable code of a refusal. */
export function textOfCode(code: string): string {
  const texts: Readonly<Record<string, string>> = { ...pathErrorCodes, ...refusalCodes, ...proofCodes, ...skipCodes };
  return texts[code.replace(/^path-/, "")] ?? texts[code] ?? "refused";
}

type Detail = ProofStep["detail"];

const passedTexts: Readonly<Record<ProofStepName, (detail: Detail) => string>> = {
  block: ({ meter, obis, date, values, count }) =>
    count === "1"
      ? `meter ${meter}, ${obis}, ${date}, ${values} values`
      : `${count} day blocks, the last ${obis}, ${date}`,
  commitment: ({ computed }) => `its salted hash is in the seal: ${computed}`,
  binding: ({ number, profile, kind, blocks }) => `delivery ${number}, ${profile}, ${kind}, ${blocks} blocks`,
  digest: ({ sha256 }) => `SHA-256 ${sha256}`,
  signature: ({ signer, algorithm }) => `signed by ${signer} (${algorithm})`,
  path: ({ chain, at, root }) => `${chain}; valid and not revoked at ${at}; root SHA-256 ${root}`,
  receipt: ({ signer, committedAt }) => `${signer} committed it at ${committedAt}`,
};

/** Where a step fails, what it looked at. */
function about({ name, detail }: ProofStep): string {
  if (name === "commitment" && detail["computed"] !== undefined) {
    return `; computed ${detail["computed"]}, sealed ${detail["signed"]}`;
  }
  const { certificate, signer, at } = detail;
  const parts = [certificate ?? signer, at === undefined ? undefined : `at ${at}`].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : `: ${parts.join(" ")}`;
}

function printable(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}
