/** Whether the head-end answers and its store can be read. */

import type { Health } from "@siegel/contract";

import type { Asked } from "./asked.ts";

export async function getHealth({ ports }: Asked<"getHealth">): Promise<Health> {
  try {
    await ports.store.sessions.session(new Uint8Array(32));
    return { status: "ok" };
  } catch {
    return { status: "degraded" }; // told to whoever watches over it; the log has the reason from ingest
  }
}
