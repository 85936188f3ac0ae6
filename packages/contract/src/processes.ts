/**
 * What a program of the field says to the process that started it, over Node's IPC with advanced serialisation.
 *
 * Personalisation: a device without certificates sends its requests, its parent answers with certificates. Run alone, the
 * same goes through files. Names, keys in DER and counts only: no reading, no private key.
 */

/** PKCS#10 requests of the three slots, DER. */
export interface CertificateRequests {
  readonly type: "requests";
  readonly name: string;
  readonly role: "SMGW" | "EMT";
  readonly requests: { readonly TLS: Uint8Array; readonly SIG: Uint8Array; readonly ENC: Uint8Array };
}

/** The answer: certificates in DER, and their issuers. */
export interface IssuedCertificates {
  readonly type: "certificates";
  readonly TLS: Uint8Array;
  readonly SIG: Uint8Array;
  readonly ENC: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** A head-end to its parent. */
export type HeadendMessage =
  | CertificateRequests
  | {
      readonly type: "ready";
      readonly ingestPort: number;
      readonly portalPort: number;
      readonly receiverEnc: Uint8Array;
    }
  | { readonly type: "link"; readonly consumer: string; readonly token: string }
  | { readonly type: "no-link"; readonly consumer: string }
  | { readonly type: "first-verified"; readonly atMs: number }
  | { readonly type: "committed"; readonly deliveries: number; readonly blocks: number; readonly quarantined: number };

/** A parent to its head-end. `consumer` is the id of a consumer or operator in the configuration. */
export type HeadendRequest = IssuedCertificates | { readonly type: "invite"; readonly consumer: string };

/** A gateway to its parent. */
export type GatewayMessage =
  | CertificateRequests
  | { readonly type: "ready" }
  | { readonly type: "delivered"; readonly number: bigint };

export type GatewayRequest = IssuedCertificates;
