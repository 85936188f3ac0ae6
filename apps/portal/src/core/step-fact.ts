/** The fact behind a step of a proof, in one line: who sealed, which number, when it was received. */

import { Instant } from "@siegel/readings";

import { instantText } from "./clock-text.ts";
import type { Language } from "./decimal.ts";
import { texts } from "./texts/texts.ts";
import type { Step } from "./verdict.ts";

/** `undefined` where the step has no such fact. Names of details are those of `checkProof` in @siegel/cms. */
export function stepFact({ name, code, detail }: Step, zone: string, language: Language): string | undefined {
  const t = texts[language].check;
  const of = (key: string): string => detail[key] ?? "";
  switch (name) {
    case "signature":
      return detail["signer"] === undefined ? undefined : `${t.sealedBy} ${of("signer")}`;
    case "path": {
      const words = Object.entries(t.pathCodes).find(([one]) => one === code)?.[1];
      const at = detail["at"] === undefined ? "" : instantText(Instant.parse(detail["at"]), zone, language);
      return words?.(detail["certificate"] ?? "", at);
    }
    case "binding":
      return detail["number"] === undefined ? undefined : `${t.sealedFor} ${of("number")}`;
    case "receipt": {
      const at = detail["committedAt"];
      return at === undefined ? undefined : `${t.receivedAt} ${instantText(Instant.parse(at), zone, language)}`;
    }
    default:
      return undefined;
  }
}
