/** What the HTTP API needs of the rest of the head-end. */

import type { CertificateInfo, TrustRoot } from "@siegel/contract";

import type { LiveHub } from "../core/live.ts";
import type { Registry } from "../core/registry.ts";
import type { Clock } from "../core/timers.ts";
import type { Log } from "../log.ts";
import type { StoredBlock } from "../core/blocks.ts";
import type { StoredProof } from "../store/reading-store.ts";
import type { Store } from "../store/store.ts";

export interface ApiPorts {
  readonly store: Pick<Store, "readings" | "sessions">;
  readonly registry: Registry;
  readonly live: LiveHub;
  readonly clock: Clock;
  readonly random: (byteLength: number) => Uint8Array;
  readonly log: Log;
  readonly zone: string;
  readonly trustRoot: TrustRoot;
  describeCertificate(der: Uint8Array): CertificateInfo;
  /** DER of the bundle. */
  proofBundle(block: StoredBlock & { content: NonNullable<StoredBlock["content"]> }, proof: StoredProof): Uint8Array;
}

export interface ApiSettings {
  /** `Host` values that are answered, and the origins that may change something. Filled when the port is known. */
  readonly origins: () => readonly string[];
  /** Whether the cookie is for TLS only: true behind a proxy with TLS. */
  readonly secureCookie: boolean;
  /** Folder of the portal; null: no portal. */
  readonly files: string | null;
}
