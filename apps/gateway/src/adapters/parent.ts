/** The process that started us, over IPC; nobody when the gateway runs alone. What is said: contract, processes.ts. */

import type { GatewayMessage, IssuedCertificates } from "@siegel/contract";

export interface Parent {
  tell(message: GatewayMessage): void;
  /** Calls back for certificates; anything else is passed over. */
  onCertificates(run: (issued: IssuedCertificates) => void): void;
  /** Once, when the parent is gone. */
  onGone(run: () => void): void;
}

/** The parent of this process; undefined without IPC. */
export function parentOf(own: NodeJS.Process): Parent | undefined {
  if (own.send === undefined) return undefined;
  return {
    tell: (message) => {
      // A channel that breaks tells it by "disconnect"; an error of this one message is the same news.
      if (own.connected) own.send?.(message, undefined, undefined, () => {});
    },
    onCertificates: (run) =>
      void own.on("message", (message: unknown) => {
        const issued = certificatesOf(message);
        if (issued !== undefined) run(issued);
      }),
    onGone: (run) => void own.once("disconnect", run),
  };
}

/** Certificates with just the fields that are known; undefined for anything else. */
export function certificatesOf(message: unknown): IssuedCertificates | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { type, TLS, SIG, ENC, chain }: Readonly<Record<string, unknown>> = { ...message };
  const isChain = Array.isArray(chain) && chain.every((one): one is Uint8Array => one instanceof Uint8Array);
  if (!(TLS instanceof Uint8Array && SIG instanceof Uint8Array && ENC instanceof Uint8Array && isChain))
    return undefined;
  return type === "certificates" ? { type, TLS, SIG, ENC, chain } : undefined;
}
