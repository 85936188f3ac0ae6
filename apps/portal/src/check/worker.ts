/** The check as a worker: messages in, messages out. Everything that verifies is loaded here and nowhere else. */

import { checkBlock } from "./check-block.ts";
import type { Request, Response } from "./messages.ts";
import { readRoot } from "./proof.ts";

addEventListener(
  "message",
  ({ data }: MessageEvent<Request>) => void answer(data).then((response) => postMessage(response)),
);

async function answer(request: Request): Promise<Response> {
  const { id } = request;
  if (request.do === "readRoot") return { did: "readRoot", id, root: readRoot(request.file) };
  return { did: "check", id, report: await checkBlock(request) };
}
