/**
 * The life of a slot, and what its key may do in each state, as data.
 *
 * Whatever is not listed is refused. The whole table is a snapshot in the tests, so that a new edge is one changed line.
 * Source: docs/architecture.md, "Security in one page": empty → generated → certified → active → retired → destroyed, or
 * revoked at any time; a retired ENC key still opens until a set date, a retired SIG or TLS key makes nothing.
 */

/** The order is part of the stored format. */
export const purposes = ["TLS", "SIG", "ENC"] as const;
export type KeyPurpose = (typeof purposes)[number];

/** The order is part of the stored format. */
export const states = ["empty", "generated", "certified", "active", "retired", "revoked", "destroyed"] as const;
export type SlotState = (typeof states)[number];

/** What happens to a slot. */
export const slotEvents = ["generate", "certify", "activate", "retire", "revoke", "destroy"] as const;
export type SlotEvent = (typeof slotEvents)[number];

/** What a key is used for. */
export const keyUses = ["sign", "signRequest", "agree", "exportTlsKey"] as const;
export type KeyUse = (typeof keyUses)[number];

/** The state after this event, or undefined where it is refused. */
export function after(state: SlotState, event: SlotEvent): SlotState | undefined {
  return life[state][event];
}

/** Whether a key of this purpose may be used so in this state: "until" asks for the date as well. */
export function mayUse(
  use: KeyUse,
  purpose: KeyPurpose,
  state: SlotState,
): "yes" | "until" | "wrong-purpose" | "wrong-state" {
  const states = uses[use][purpose];
  return states === undefined ? "wrong-purpose" : (states[state] ?? "wrong-state");
}

/** An active key is not destroyed by one call: it is retired or revoked first. */
const life: Readonly<Record<SlotState, Readonly<Partial<Record<SlotEvent, SlotState>>>>> = {
  empty: { generate: "generated" },
  generated: { certify: "certified", revoke: "revoked", destroy: "destroyed" },
  certified: { activate: "active", revoke: "revoked", destroy: "destroyed" },
  active: { retire: "retired", revoke: "revoked" },
  retired: { revoke: "revoked", destroy: "destroyed" },
  revoked: { destroy: "destroyed" },
  destroyed: {},
};

type Allowed = Readonly<Partial<Record<SlotState, "yes" | "until">>>;

const uses: Readonly<Record<KeyUse, Readonly<Partial<Record<KeyPurpose, Allowed>>>>> = {
  sign: { SIG: { active: "yes" } },
  signRequest: { TLS: { generated: "yes" }, SIG: { generated: "yes" }, ENC: { generated: "yes" } },
  agree: { ENC: { active: "yes", retired: "until" } },
  exportTlsKey: { TLS: { active: "yes" } },
};
