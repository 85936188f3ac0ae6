/** Server-sent events of one meter. */

import type { ServerResponse } from "node:http";
import { live } from "@siegel/contract";
import { toHex } from "@siegel/wire";

import type { LiveSink } from "../core/live.ts";
import type { Asked } from "./asked.ts";
import { newestValues } from "./meters.ts";
import { ProblemError } from "./problem.ts";

export async function getLive({ grant, request, reply, ports }: Asked<"getLive">): Promise<unknown> {
  const { may, person, session } = grant;
  const response = reply.raw;
  const client = ports.live.open({
    meter: may.meter,
    person: person.id,
    session: toHex(session),
    sink: sinkOf(response),
  });
  if (client === undefined) throw new ProblemError("busy");
  response.once("close", () => client.close());
  try {
    const newest = await newestValues(may, ports);
    const lastEventId = request.headers["last-event-id"];
    reply.hijack();
    response.writeHead(200, {
      ...asHeaders(reply.getHeaders()),
      "content-type": live.contentType,
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    response.write("retry: 2000\n\n");
    client.start(Array.isArray(lastEventId) ? undefined : lastEventId, newest);
    return reply;
  } catch (error) {
    client.close();
    throw error;
  }
}

function sinkOf(response: ServerResponse): LiveSink {
  return {
    write: (text) => {
      if (response.destroyed || response.writableLength > maxUnsent) return false;
      response.write(text);
      return true;
    },
    end: () => response.destroy(),
  };
}

/** The headers that hooks have set (helmet's among them): a hijacked reply does not send them by itself. */
function asHeaders(headers: ReturnType<Asked<"getLive">["reply"]["getHeaders"]>): Record<string, string | string[]> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value : String(value)]));
}

/** A client with so many octets unsent is gone or asleep. */
const maxUnsent = 64 * 1024;
