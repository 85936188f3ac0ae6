/** Which meter hangs at which gateway, and who may see it: the configuration as questions. */

export interface RegistryFacts {
  readonly gateways: readonly { readonly name: string; readonly meters: readonly string[] }[];
  readonly consumers: readonly { readonly id: string; readonly name: string; readonly meters: readonly string[] }[];
  readonly operators?: readonly { readonly id: string; readonly name: string }[];
}

/** Somebody who can sign in. An operator has no meters: he runs the system and sees no values. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: "consumer" | "operator";
  readonly meters: readonly string[];
}

export class Registry {
  readonly #people: ReadonlyMap<string, Person>;
  readonly #metersOfGateway: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #gatewayOfMeter: ReadonlyMap<string, string>;

  constructor({ gateways, consumers, operators = [] }: RegistryFacts) {
    const people: Person[] = [
      ...consumers.map(({ id, name, meters }) => ({ id, name, role: "consumer" as const, meters })),
      ...operators.map(({ id, name }) => ({ id, name, role: "operator" as const, meters: [] })),
    ];
    this.#people = new Map(people.map((person) => [person.id, person]));
    this.#metersOfGateway = new Map(gateways.map(({ name, meters }) => [name, new Set(meters)]));
    this.#gatewayOfMeter = new Map(
      gateways.flatMap(({ name, meters }) => meters.map((meter) => [meter, name] as const)),
    );
  }

  person(id: string): Person | undefined {
    return this.#people.get(id);
  }

  knowsGateway(name: string): boolean {
    return this.#metersOfGateway.has(name);
  }

  isRegistered(meter: string, gateway: string): boolean {
    return this.#metersOfGateway.get(gateway)?.has(meter) ?? false;
  }

  gatewayOf(meter: string): string | undefined {
    return this.#gatewayOfMeter.get(meter);
  }
}
