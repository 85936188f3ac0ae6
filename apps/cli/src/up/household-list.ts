/**
 * The street of the lab: which meters stand there, whose they are, and behind which gateway. Pure.
 *
 * One household with an electricity meter and one with a roof behind it belong to the person who starts the lab, and so do
 * the gas, water and heat meters of the first and a replayed meter; every further household has a meter and a person of its own. So a neighbour is there to be refused.
 */

/** A program of the lab that speaks for a meter, or for several. */
export interface LabMeter {
  /** Names its process, its log and its memory. */
  readonly name: string;
  /** For a person. */
  readonly label: string;
  readonly person: string;
  readonly kind:
    | { readonly virtual: true; readonly seed: number; readonly roof: boolean }
    | { readonly replay: string }
    /** A gas, a water and a heat meter, heard by radio. */
    | { readonly radioSeed: number };
}

export interface LabPerson {
  readonly id: string;
  readonly name: string;
}

export interface Street {
  readonly meters: readonly LabMeter[];
  readonly consumers: readonly LabPerson[];
  readonly operators: readonly LabPerson[];
}

/**
 * @param households  Further ones, each with a meter of its own.
 * @param replay      A capture whose meters join those of the first person.
 */
export function street({ households, replay }: { households: number; replay: string | undefined }): Street {
  const own: LabMeter[] = [
    { name: "household", label: "household", person: "you", kind: { virtual: true, seed: 1, roof: false } },
    { name: "roof", label: "household with a roof", person: "you", kind: { virtual: true, seed: 2, roof: true } },
    { name: "radio", label: "gas, water and heat meter", person: "you", kind: { radioSeed: 3 } },
    ...(replay === undefined
      ? []
      : [{ name: "replay", label: "replayed meter", person: "you", kind: { replay } } as const]),
  ];
  const numbers = Array.from({ length: households }, (_, index) => index + 1);
  const neighbours = numbers.map((number): LabMeter => ({
    name: `neighbour-${number}`,
    label: `neighbour ${number}`,
    person: `neighbour-${number}`,
    kind: { virtual: true, seed: 100 + number, roof: number % 3 === 0 },
  }));
  return {
    meters: [...own, ...neighbours],
    consumers: [
      { id: "you", name: "Lab household" },
      ...numbers.map((number) => ({ id: `neighbour-${number}`, name: `Neighbour ${number}` })),
    ],
    operators: [{ id: "operator", name: "Metering operator" }],
  };
}
