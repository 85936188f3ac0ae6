import { expect, test } from "vitest";

import { after, keyUses, mayUse, purposes, slotEvents, states } from "../../src/security-module/slot-life.ts";

test("the life of a slot", () => {
  // Wrong: a slot goes where the architecture does not let it go. A new edge is one changed line here.
  const edges = states.map((state) => {
    const ways = slotEvents.flatMap((event) => {
      const next = after(state, event);
      return next === undefined ? [] : [`${event} → ${next}`];
    });
    return `${state}: ${ways.join(", ") || "–"}`;
  });
  expect(edges).toMatchInlineSnapshot(`
    [
      "empty: generate → generated",
      "generated: certify → certified, revoke → revoked, destroy → destroyed",
      "certified: activate → active, revoke → revoked, destroy → destroyed",
      "active: retire → retired, revoke → revoked",
      "retired: revoke → revoked, destroy → destroyed",
      "revoked: destroy → destroyed",
      "destroyed: –",
    ]
  `);
});

test("what a key may do, by purpose and state", () => {
  // Wrong: a key serves two purposes, or a retired, revoked or not yet certified key makes something.
  const table = keyUses.flatMap((use) =>
    purposes.map((purpose) => `${use} ${purpose}: ${states.map((state) => mayUse(use, purpose, state)).join(" ")}`),
  );
  expect(["columns: " + states.join(" "), ...table]).toMatchInlineSnapshot(`
    [
      "columns: empty generated certified active retired revoked destroyed",
      "sign TLS: wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose",
      "sign SIG: wrong-state wrong-state wrong-state yes wrong-state wrong-state wrong-state",
      "sign ENC: wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose",
      "signRequest TLS: wrong-state yes wrong-state wrong-state wrong-state wrong-state wrong-state",
      "signRequest SIG: wrong-state yes wrong-state wrong-state wrong-state wrong-state wrong-state",
      "signRequest ENC: wrong-state yes wrong-state wrong-state wrong-state wrong-state wrong-state",
      "agree TLS: wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose",
      "agree SIG: wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose",
      "agree ENC: wrong-state wrong-state wrong-state yes until wrong-state wrong-state",
      "exportTlsKey TLS: wrong-state wrong-state wrong-state yes wrong-state wrong-state wrong-state",
      "exportTlsKey SIG: wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose",
      "exportTlsKey ENC: wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose wrong-purpose",
    ]
  `);
});

test("nothing leads back, and nothing leaves the end", () => {
  // Wrong: a revoked key becomes active again.
  const onlyForward = [...states];
  for (const [at, state] of onlyForward.entries()) {
    for (const event of slotEvents) {
      const next = after(state, event);
      if (next !== undefined) expect(onlyForward.indexOf(next), `${state} ${event}`).toBeGreaterThan(at);
    }
  }
});
