/** What a handler is given: a request that has been admitted and checked. */

import type { BodyOf, OperationId, ParamsOf, QueryOf } from "@siegel/contract";
import type { FastifyReply, FastifyRequest } from "fastify";

import type { GrantOf } from "./guard.ts";
import type { ApiPorts, ApiSettings } from "./ports.ts";

export interface Asked<Id extends OperationId> {
  readonly params: ParamsOf<Id>;
  readonly query: QueryOf<Id>;
  readonly body: BodyOf<Id>;
  readonly grant: GrantOf<Id>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly ports: ApiPorts;
  readonly settings: ApiSettings;
}

/** Gives the body, or has answered through `reply` and gives that. */
export type Handler<Id extends OperationId> = (asked: Asked<Id>) => Promise<unknown>;
