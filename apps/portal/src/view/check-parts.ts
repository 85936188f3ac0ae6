/** What only a check needs, as one file that is loaded with the first one. */

import type { BlockList } from "./block-list.tsx";
import type { ProofHint } from "./proof-hint.tsx";

export { Checker } from "../check/checker.ts";
export { BlockList } from "./block-list.tsx";
export { ProofHint } from "./proof-hint.tsx";

export interface CheckParts {
  readonly BlockList: typeof BlockList;
  readonly ProofHint: typeof ProofHint;
}
