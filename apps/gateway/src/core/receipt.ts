/** Evidence that a delivery is safe at its receiver. Only a check makes one, and only with one is a delivery let go. */

export class AcceptedReceipt {
  readonly #number: bigint;
  readonly #bytes: Uint8Array;
  readonly #committedMs: number;

  private constructor(number: bigint, bytes: Uint8Array, committedMs: number) {
    this.#number = number;
    this.#bytes = bytes;
    this.#committedMs = committedMs;
  }

  get number(): bigint {
    return this.#number;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** By the receiver's clock, signed by it. */
  get committedMs(): number {
    return this.#committedMs;
  }

  /** @throws What the checker throws. */
  static async check(
    checker: ReceiptChecker,
    receipt: { readonly bytes: Uint8Array; readonly number: bigint; readonly hash: Uint8Array },
  ): Promise<AcceptedReceipt> {
    const { committedMs } = await checker.check(receipt);
    return new AcceptedReceipt(receipt.number, receipt.bytes, committedMs);
  }
}

/** Checks a receipt. Throws when it is not the receiver's for this delivery. */
export interface ReceiptChecker {
  check(receipt: {
    readonly bytes: Uint8Array;
    readonly number: bigint;
    readonly hash: Uint8Array;
  }): Promise<{ readonly committedMs: number }>;
}
