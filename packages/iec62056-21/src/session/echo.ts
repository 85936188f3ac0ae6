/**
 * Takes back what an optical head or current loop returns of our own sending.
 *
 * In: what was sent, what comes.  Out: what comes without the echo.
 * Nobody says whether a head echoes: what comes is compared with what was sent, from its first octet on, and is the echo
 * as long as it is the same. What was held back is given out when the first difference shows. A single ACK or NAK that a
 * meter answers at once to an ACK or NAK of ours would be taken for its echo: no dialogue has one.
 */

export class EchoFilter {
  #expected: number[] = [];
  #matched = 0;

  /** These octets went out; they may come back. */
  sent(octets: Uint8Array): void {
    // Of an earlier message nothing can come any more.
    this.#expected = [...octets];
    this.#matched = 0;
  }

  /** What is left of `octets` without the echo. */
  take(octets: Uint8Array): Uint8Array {
    let at = 0;
    while (at < octets.length && this.#matched < this.#expected.length) {
      if (octets[at] !== this.#expected[this.#matched]) {
        const held = Uint8Array.from([...this.#expected.slice(0, this.#matched), ...octets.subarray(at)]);
        this.#expected = [];
        this.#matched = 0;
        return held;
      }
      at++;
      this.#matched++;
    }
    return octets.subarray(at);
  }
}
