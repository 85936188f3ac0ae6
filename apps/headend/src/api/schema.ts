/** A route of the contract as Fastify and the OpenAPI plugin want it. */

import { Problem, type ProblemCode, problems, problemType, type Route } from "@siegel/contract";
import type { FastifySchema } from "fastify";

/** Validates params, query and body; describes answers and problems. */
export function openApiSchema(id: string, route: Route): FastifySchema {
  const { params, query, body, summary, permission } = route;
  return {
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
    response: { ...answersOf(route), ...problemsOf(route) },
    // read by the OpenAPI plugin, which extends this type only where it is loaded
    ...({ operationId: id, summary, ...securityOf(permission) } satisfies Record<string, unknown>),
  };
}

function answersOf({ answers }: Route): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, content }]) => {
      if (content === undefined) return [status, { description, type: "null" }];
      const media = Object.entries(content).map(([type, schema]) => [type, { schema: schema ?? octets }]);
      return [status, { description, content: Object.fromEntries(media) }];
    }),
  );
}

/** Those of the route, and those that follow from its permission and its inputs. */
function problemsOf({ problems: own = [], permission, params, query, body }: Route): Record<string, unknown> {
  const codes = new Set<ProblemCode>(own);
  codes.add("wrong-host").add("internal-error");
  if (permission !== "anyone") codes.add("not-signed-in");
  if (permission !== "anyone" && permission !== "signed-in") codes.add("not-found");
  if (params !== undefined || query !== undefined || body !== undefined) codes.add("bad-request");
  const byStatus = Object.groupBy([...codes], (code) => problems[code].status);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, list]) => [
      status,
      { description: list.sort().join(", "), content: { [problemType]: { schema: Problem } } },
    ]),
  );
}

function securityOf(permission: Route["permission"]): { security: Record<string, string[]>[]; description: string } {
  return {
    security: permission === "anyone" ? [] : [{ session: [] }],
    description: `Permission: ${permission}.`,
  };
}

const octets = { type: "string" };
