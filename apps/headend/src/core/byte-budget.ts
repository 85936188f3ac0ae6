/**
 * How many octets of deliveries are held in memory at once: so many in all, and so many of one gateway.
 *
 * Counted as they come, not as they are announced: an announcement costs nothing. Held until the delivery has its answer.
 */

export interface ByteLimits {
  readonly inAll: number;
  /** Less: one gateway, however many connections it opens, takes no room from the others. */
  readonly perGateway: number;
}

export class ByteBudget {
  readonly #limits: ByteLimits;
  readonly #ofGateways = new Map<string, number>();
  #inAll = 0;

  constructor(limits: ByteLimits = defaultLimits) {
    this.#limits = limits;
  }

  get held(): number {
    return this.#inAll;
  }

  /** Whether there is room; then it is taken. */
  take(gateway: string, byteLength: number): boolean {
    const own = (this.#ofGateways.get(gateway) ?? 0) + byteLength;
    const { inAll, perGateway } = this.#limits;
    if (own > perGateway || this.#inAll + byteLength > inAll) return false;
    this.#ofGateways.set(gateway, own);
    this.#inAll += byteLength;
    return true;
  }

  release(gateway: string, byteLength: number): void {
    const own = (this.#ofGateways.get(gateway) ?? 0) - byteLength;
    if (own > 0) this.#ofGateways.set(gateway, own);
    else this.#ofGateways.delete(gateway);
    this.#inAll -= byteLength;
  }
}

/** Eight of the largest deliveries of one gateway, sixty-four in all. */
const defaultLimits: ByteLimits = { inAll: 256 << 20, perGateway: 32 << 20 };
