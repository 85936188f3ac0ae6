/** Read-outs of real D0 meters beside the checkout: each decodes without an error. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { corpusCases } from "../../../scripts/corpus.ts";
import { D0Stream } from "../src/stream.ts";

corpusCases(
  {
    folder: "d0",
    count: 10,
    cases: (path) =>
      globSync("*.txt", { cwd: path })
        .toSorted()
        .map((file) => ({ file, path: join(path, file) })),
    nameOf: ({ file }) => file,
  },
  ({ path, file }) => {
    // A meter that others read would not be read by us, or a value of it would be lost.
    const bytes = new Uint8Array(readFileSync(path));
    const stream = new D0Stream();
    const events = [...stream.push(bytes), ...stream.flush()];
    expect(events.filter(({ kind }) => kind === "error")).toEqual([]);
    const telegrams = events.flatMap((event) => (event.kind === "telegram" ? [event.telegram] : []));
    expect(telegrams, file).toHaveLength(1);
    // As many objects as there are opening parentheses behind an id.
    const text = bytes.reduce((all, octet) => all + String.fromCharCode(octet), "");
    const ids = text.match(/[0-9A-Za-z.*:-]+(?=\()/g) ?? [];
    expect(telegrams[0]!.values.filter(({ index }) => index === 0).map(({ id }) => id)).toEqual(ids);
  },
);
