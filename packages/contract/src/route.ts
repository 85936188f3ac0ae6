/** What a route of the HTTP API is, as data: method, path, who may call it, what goes in and out. */

import type { TSchema } from "typebox";

import type { Permission } from "./permission.ts";
import type { ProblemCode } from "./problem.ts";

export interface Answer {
  readonly description: string;
  /** Schema by media type; null for octets and for text that no schema describes. None: no body. */
  readonly content?: Readonly<Record<string, TSchema | null>>;
}

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** In the way of OpenAPI: `/v1/meters/{meter}`. */
  readonly path: string;
  /** Required: a route without it does not compile. */
  readonly permission: Permission;
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Problems beside those that every route may answer with. */
  readonly problems?: readonly ProblemCode[];
}
