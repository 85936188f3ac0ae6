/** A stored block as it was sealed, for whoever wants to check it himself. */

import { type Static, Type } from "typebox";

import {
  Base64Text,
  BlockKey,
  DateText,
  exactly,
  GatewayKey,
  InstantText,
  KindWord,
  MeterKey,
  ObisText,
  Sha256Hex,
  TrustWord,
  UnitText,
} from "./words.ts";

export const BlockDetail = exactly("BlockDetail", {
  blockId: BlockKey,
  meter: MeterKey,
  obis: ObisText,
  kind: KindWord,
  unit: UnitText,
  day: DateText,
  from: InstantText,
  to: InstantText,
  period_s: Type.Number(),
  count: Type.Integer({ minimum: 1 }),
  revision: Type.Integer({ minimum: 0 }),
  trust: TrustWord,
  gateway: GatewayKey,
  /** Evaluation profile that let it through, `TAF-7`. */
  profile: Type.String(),
  /** Number of the delivery, as text: it may exceed 2^53. */
  deliveryNumber: Type.String({ pattern: "^[1-9][0-9]{0,18}$" }),
  /** SHA-256 of the delivery. */
  deliveryHash: Sha256Hex,
  /** SHA-256(salt ‖ block), as in the seal. */
  commitment: Sha256Hex,
  /** Position in the delivery. */
  index: Type.Integer({ minimum: 0 }),
  /** When it was received and committed. */
  committedAt: InstantText,
  /** Canonical bytes: docs/formats/day-block.md. */
  bytes: Base64Text,
});
export type BlockDetail = Static<typeof BlockDetail>;
