/** The process that started us, over IPC; nobody when the head-end runs alone. What is said: contract, processes.ts. */

import type { HeadendMessage, HeadendRequest, IssuedCertificates } from "@siegel/contract";

export interface Parent {
  tell(message: HeadendMessage): void;
  /** Calls back for each message of a known kind; anything else is passed over. */
  onRequest(run: (request: HeadendRequest) => void): void;
  /** Once, when the parent is gone. */
  onGone(run: () => void): void;
}

/** The parent of this process; undefined without IPC. */
export function parentOf(own: NodeJS.Process): Parent | undefined {
  if (own.send === undefined) return undefined;
  return {
    tell: (message) => {
      if (own.connected) own.send?.(message);
    },
    onRequest: (run) =>
      void own.on("message", (message: unknown) => {
        const request = requestOf(message);
        if (request !== undefined) run(request);
      }),
    onGone: (run) => void own.once("disconnect", run),
  };
}

/** A message with just the fields that are known; undefined when it is none of ours. */
export function requestOf(message: unknown): HeadendRequest | undefined {
  if (typeof message !== "object" || message === null || !("type" in message)) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...message };
  if (fields["type"] === "invite") {
    const { consumer } = fields;
    return typeof consumer === "string" ? { type: "invite", consumer } : undefined;
  }
  return fields["type"] === "certificates" ? certificatesOf(fields) : undefined;
}

function certificatesOf({ TLS, SIG, ENC, chain }: Readonly<Record<string, unknown>>): IssuedCertificates | undefined {
  const isChain = Array.isArray(chain) && chain.every((one): one is Uint8Array => one instanceof Uint8Array);
  if (!(TLS instanceof Uint8Array && SIG instanceof Uint8Array && ENC instanceof Uint8Array && isChain))
    return undefined;
  return { type: "certificates", TLS, SIG, ENC, chain };
}
