/**
 * Evidence that this person may read this: the store gives values only to who holds it.
 *
 * Only the functions here make it, so a handler that forgot to ask has nothing to read with. Not here: who the person is
 * (./sessions), which route asks for what (contract).
 */

import type { Person, Registry } from "./registry.ts";

/** A consumer and one of his meters. */
export class ConsumerMayRead {
  readonly #meter: string;

  private constructor(meter: string) {
    this.#meter = meter;
  }

  get meter(): string {
    return this.#meter;
  }

  /** Undefined when the meter is not his, or not there: the caller cannot tell which. */
  static meter(person: Person, meter: string): ConsumerMayRead | undefined {
    return person.role === "consumer" && person.meters.includes(meter) ? new ConsumerMayRead(meter) : undefined;
  }
}

/** A consumer and a gateway at which one of his meters hangs. */
export class ConsumerMayKnowGateway {
  readonly #gateway: string;
  readonly #meters: readonly string[];

  private constructor(gateway: string, meters: readonly string[]) {
    this.#gateway = gateway;
    this.#meters = meters;
  }

  get gateway(): string {
    return this.#gateway;
  }

  /** His meters at this gateway, and nobody else's. */
  get meters(): readonly string[] {
    return this.#meters;
  }

  static gateway(registry: Registry, person: Person, gateway: string): ConsumerMayKnowGateway | undefined {
    if (person.role !== "consumer") return undefined;
    const meters = person.meters.filter((meter) => registry.gatewayOf(meter) === gateway);
    return meters.length > 0 ? new ConsumerMayKnowGateway(gateway, meters) : undefined;
  }
}

/** Somebody who runs the system. Opens no meter. */
export class OperatorMayRead {
  readonly #person: Person;

  private constructor(person: Person) {
    this.#person = person;
  }

  get person(): Person {
    return this.#person;
  }

  static operator(person: Person): OperatorMayRead | undefined {
    return person.role === "operator" ? new OperatorMayRead(person) : undefined;
  }
}
