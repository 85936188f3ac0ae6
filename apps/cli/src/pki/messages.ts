/** What `siegel up` and its certificate authority say to each other over Node's IPC. Names and public DER only. */

import type { CertificateRequests, IssuedCertificates } from "@siegel/contract";

/** To the authority: certificates for these requests. `id` comes back with the answer. */
export interface IssueQuestion extends Omit<CertificateRequests, "type"> {
  readonly type: "issue";
  readonly id: number;
}

export type PkiMessage =
  | {
      readonly type: "ready";
      /** SHA-256 of the root certificate, hex. */
      readonly fingerprint: string;
    }
  | { readonly type: "issued"; readonly id: number; readonly certificates: IssuedCertificates }
  /** The request is refused; the reason is a stable code. */
  | { readonly type: "refused"; readonly id: number; readonly code: string };
