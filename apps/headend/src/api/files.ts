/** The portal's files. Anybody may have them: they are the same for all and hold nothing of anybody. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import files from "@fastify/static";
import type { FastifyInstance } from "fastify";

import { HeadendError } from "../errors.ts";
import type { ApiSettings } from "./ports.ts";
import { sendProblem } from "./problem.ts";

/** @throws {HeadendError} "bad-config" when the folder has no page in it. */
export async function declareFiles(app: FastifyInstance, { files: root }: ApiSettings): Promise<void> {
  if (root === null) return;
  if (!existsSync(join(root, "index.html"))) {
    throw new HeadendError("bad-config", `config: portal.files: no index.html in ${root}; build the portal first`);
  }
  await app.register(files, { root, serve: false, cacheControl: false, dotfiles: "ignore", preCompressed: true });
  app.get<{ Params: { "*": string } }>("/*", { config: { operation: "files" } }, (request, reply) => {
    const asked = request.params["*"];
    if (asked.startsWith("v1/") || asked === "v1") return sendProblem(reply, "not-found");
    const isPage = !/\.[a-z0-9]+$/i.test(asked); // views of the page have paths of their own
    const immutable = asked.startsWith("assets/"); // named by their content
    return reply
      .header("cache-control", immutable ? "public, max-age=31536000, immutable" : "no-cache")
      .sendFile(isPage ? "index.html" : asked);
  });
}
