/** How an error becomes a problem: the one place where this edge decides what the outside learns. */

import { type ProblemCode, problemOf, problemType } from "@siegel/contract";
import type { FastifyReply } from "fastify";

import { codeOf } from "../errors.ts";
import type { Log } from "../log.ts";

/** Thrown by handlers and hooks. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ProblemCode;
  readonly detail: string | undefined;

  constructor(code: ProblemCode, detail?: string) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

export function sendProblem(reply: FastifyReply, code: ProblemCode, detail?: string): FastifyReply {
  const problem = problemOf(code, detail);
  return reply.code(problem.status).header("cache-control", "no-store").type(problemType).send(JSON.stringify(problem));
}

/** For errors of ours, of Fastify and of our mistakes. Texts of errors stay inside: they may quote a request. */
export function answerError(error: unknown, reply: FastifyReply, log: Log): FastifyReply {
  if (error instanceof ProblemError) return sendProblem(reply, error.code, error.detail);
  const code = codeOf(error);
  const known = problemOfFastify[code];
  if (known !== undefined) return sendProblem(reply, known);
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (typeof status === "number" && status >= 400 && status < 500) return sendProblem(reply, "bad-request");
  log("alarm", "api-failed", { code });
  return sendProblem(reply, "internal-error");
}

const problemOfFastify: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "wrong-media-type",
  FST_ERR_RATE_LIMIT: "too-many-requests",
};
