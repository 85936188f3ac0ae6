import fc from "fast-check";
import { expect, test } from "vitest";
import { ModelError } from "./model-error.ts";
import { Ring } from "./ring.ts";

test("a full memory holds the newest entries in order", () => {
  // A read-out of the load profile would show old quarter hours as new ones.
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(fc.nat(), { maxLength: 50 }), (capacity, entries) => {
      const ring = new Ring(capacity, entries);
      expect(ring.toArray()).toEqual(entries.slice(-capacity));
      expect(ring.length).toBe(Math.min(capacity, entries.length));
      expect(ring.dropped).toBe(Math.max(0, entries.length - capacity));
    }),
  );
});

test("a memory without room is refused", () => {
  // The meter would forget everything without a word.
  for (const capacity of [0, -1, 1.5, Number.NaN]) expect(() => new Ring(capacity)).toThrow(ModelError);
});
