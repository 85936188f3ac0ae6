/**
 * The HTTP API and the portal's files on Fastify, driven by the contract.
 *
 * Here: plugins, the hook that admits, the translation of routes. Rules are in ./guard and ../core; handlers translate.
 */

import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import { type OperationId, type Permission, type Route, routes } from "@siegel/contract";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";

import { HeadendError } from "../errors.ts";
import type { Handler } from "./asked.ts";
import { declareFiles } from "./files.ts";
import { type Grants, Guard } from "./guard.ts";
import { handlers } from "./handlers.ts";
import type { ApiPorts, ApiSettings } from "./ports.ts";
import { answerError, sendProblem } from "./problem.ts";
import { openApiSchema } from "./schema.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Key in the contract's table, or the portal's files, which anybody may have. */
    operation?: OperationId | "files";
  }
}

/** @param prepare  Plugins that must come before the routes: the maker of the OpenAPI file. */
export async function buildApi(
  ports: ApiPorts,
  settings: ApiSettings,
  prepare?: (app: FastifyInstance) => Promise<void>,
): Promise<FastifyInstance> {
  const app = fastify({
    logger: false, // requests carry cookies and tokens; what is logged is said where it happens
    bodyLimit: 16 * 1024,
    requestTimeout: 30_000,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: (_error, socket) => void socket.destroy(),
    // An address that cannot be decoded comes past every hook; Fastify's own answer would quote it.
    frameworkErrors: (error, _request, reply) => void answerError(error, reply, ports.log),
  });
  app.setValidatorCompiler(({ schema }) => {
    const check = Compile(schema as TSchema); // only schemas of the contract are declared
    return (value: unknown) => check.Check(value) || { error: new Error("bad-request") };
  });
  app.setSerializerCompiler(() => (value) => JSON.stringify(value)); // tests hold every answer against its schema
  app.setErrorHandler((error, _request, reply) => answerError(error, reply, ports.log));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, "not-found"));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) =>
    parseJson(String(body), done),
  );
  await prepare?.(app);
  await app.register(cookie);
  await app.register(helmet, helmetOptions);
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: () => Object.assign(new Error(), { code: "FST_ERR_RATE_LIMIT", statusCode: 429 }),
  });

  const grants = new WeakMap<FastifyRequest, Grants[Permission]>();
  const guard = new Guard(ports, settings);
  app.addHook("onRoute", ({ config, path, method }) => {
    if (config?.operation === undefined) {
      throw new HeadendError("route-not-in-contract", `${String(method)} ${path} is not in the contract`);
    }
  });
  app.addHook("onRequest", async (request) => {
    guard.checkOrigin(request);
    if (request.is404) return;
    const { operation } = request.routeOptions.config;
    if (operation === undefined) throw new HeadendError("route-not-in-contract", "a route without permission");
    if (operation !== "files") grants.set(request, await guard.admit(request, operation));
  });
  for (const id of Object.keys(routes) as OperationId[]) declare(app, id, ports, settings, grants); // its own keys
  await declareFiles(app, settings);
  return app;
}

function declare(
  app: FastifyInstance,
  id: OperationId,
  ports: ApiPorts,
  settings: ApiSettings,
  grants: WeakMap<FastifyRequest, Grants[Permission]>,
): void {
  const route: Route = routes[id];
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    schema: openApiSchema(id, route),
    config: { operation: id, ...(id === "createSession" ? { rateLimit: { max: 10, timeWindow: 60_000 } } : {}) },
    handler: (request, reply) => {
      if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
      const { params, query, body } = request;
      // Checked against this route's schemas by the validator, granted by the hook: each handler gets what it declares.
      const asked = { params, query, body, grant: grants.get(request), request, reply, ports, settings } as never;
      return (handlers[id] as Handler<OperationId>)(asked); // one of the table, whichever it is
    },
  });
}

/** An empty body is none: DELETE has a media type and no body. */
function parseJson(text: string, done: (error: Error | null, body?: unknown) => void): void {
  if (text === "") return done(null, undefined);
  try {
    done(
      null,
      JSON.parse(text, (key, value: unknown) => (key === "__proto__" ? undefined : value)),
    );
  } catch {
    done(Object.assign(new Error(), { statusCode: 400 }));
  }
}

const helmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      workerSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  crossOriginResourcePolicy: { policy: "same-origin" },
  crossOriginOpenerPolicy: { policy: "same-origin" },
  referrerPolicy: { policy: "no-referrer" },
  strictTransportSecurity: false, // TLS is the proxy's; on this machine there is none
} as const;
