/**
 * What a batch says of gateways and registers as a whole: noted while it is stored, written once at its end.
 *
 * A gateway that was away sends fifty deliveries in a row; its row and those of its registers need not be written fifty times.
 */

import type { Tables } from "./tables.ts";

export type GatewayNote = Pick<Tables["gateways"], "gateway" | "deliveries" | "last_number" | "proof">;
export type RegisterNote = Tables["registers"];

export class BatchNotes {
  readonly #gateways = new Map<string, GatewayNote>();
  readonly #registers = new Map<string, RegisterNote>();

  get gateways(): Iterable<GatewayNote> {
    return this.#gateways.values();
  }

  get registers(): Iterable<RegisterNote> {
    return this.#registers.values();
  }

  delivery({ gateway, number, proof }: { gateway: string; number: bigint; proof: Uint8Array }): void {
    const known = this.#gateways.get(gateway);
    const last = known === undefined || number > known.last_number ? number : known.last_number;
    this.#gateways.set(gateway, { gateway, deliveries: (known?.deliveries ?? 0) + 1, last_number: last, proof });
  }

  /** The unit is that of the latest values. */
  block(note: RegisterNote): void {
    const key = `${note.meter} ${note.obis} ${note.kind}`;
    const known = this.#registers.get(key);
    this.#registers.set(key, known === undefined ? note : merged(known, note));
  }
}

function merged(one: RegisterNote, other: RegisterNote): RegisterNote {
  const [earlier, later] = other.last_at > one.last_at ? [one, other] : [other, one];
  return { ...later, first_at: Math.min(earlier.first_at, later.first_at) };
}
