/**
 * What a gateway says to a head-end: one delivery in, one receipt back, over mutual TLS that the gateway opened.
 *
 * A refused delivery is answered with one problem whatever the reason. 503 with Retry-After: the queue is full, the
 * delivery has not been looked at. Bytes of delivery and receipt: docs/formats/delivery.md.
 */

export const ingest = {
  method: "POST",
  path: "/v1/deliveries",
  contentType: "application/cms",
  receiptType: "application/cms",
  /** Longest body in octets. */
  maxBytes: 4 * 1024 * 1024,
  /** What a full queue asks for, in seconds. */
  retryAfterSeconds: 2,
} as const;
