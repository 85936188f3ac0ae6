/**
 * How every door says no: RFC 9457, `application/problem+json`.
 *
 * `code` is stable and what programs key on; `type` is the same as a URI. "Not there" and "not yours" are one problem,
 * and so are all reasons for which a delivery is refused: a stranger learns nothing from the difference.
 */

import { type Static, Type } from "typebox";

import { exactly } from "./words.ts";

export const problems = {
  "bad-request": { status: 400, title: "The request does not follow the contract" },
  "delivery-refused": { status: 400, title: "The delivery is refused" },
  "not-signed-in": { status: 401, title: "Sign in with a link from your metering operator" },
  "link-not-valid": { status: 401, title: "This link has been used or has expired" },
  "cross-site": { status: 403, title: "Requests from other sites are refused" },
  "not-found": { status: 404, title: "There is nothing here that you may see" },
  "not-acceptable": { status: 406, title: "None of the asked media types is offered" },
  erased: { status: 410, title: "The values were erased when their time was over" },
  "too-large": { status: 413, title: "The request is larger than allowed" },
  "wrong-media-type": { status: 415, title: "The body has another media type than the contract says" },
  "wrong-host": { status: 421, title: "This server does not answer for that host" },
  "range-too-long": { status: 422, title: "The range has more days or values than one answer may have" },
  "too-many-requests": { status: 429, title: "Too many tries; wait a little" },
  "internal-error": { status: 500, title: "The server made a mistake" },
  busy: { status: 503, title: "The server has as much work as it can take; try again later" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

export const Problem = exactly("Problem", {
  type: Type.String({ format: "uri" }),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  /** What to change, when that tells nothing about others. */
  detail: Type.Optional(Type.String()),
});
export type Problem = Static<typeof Problem>;

/** The body of a problem. */
export function problemOf(code: ProblemCode, detail?: string): Problem {
  const { status, title } = problems[code];
  return { type: `urn:siegel:problem:${code}`, title, status, code, ...(detail === undefined ? {} : { detail }) };
}

export const problemType = "application/problem+json";
