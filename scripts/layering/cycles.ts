/**
 * Import cycles between files.
 *
 * A cycle of values makes the order of evaluation depend on who is imported first; a cycle of types makes two files
 * one thought. Neither is wanted. Imports through a package's door count as imports of the file behind the door.
 */

import { posix } from "node:path";

import { importsOf } from "./imports.ts";
import { packagesOf, sourcesOf, type Tree } from "./tree.ts";

/** Groups of files that import each other in a ring, each sorted. `types` counts type-only imports too. */
export function cycles(tree: Tree, options: { types: boolean }): string[][] {
  const edges = edgesOf(tree, options);
  const rings: string[][] = [];
  // Tarjan: a group is complete when the walk returns to the first file of it that was seen.
  const order = new Map<string, number>();
  const open: string[] = [];
  const visit = (file: string): number => {
    const mine = order.size;
    order.set(file, mine);
    open.push(file);
    let low = mine;
    for (const next of edges.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === mine) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1 || edges.get(file)?.includes(file)) rings.push(group.sort());
    }
    return low;
  };
  for (const file of edges.keys()) if (!order.has(file)) visit(file);
  return rings;
}

function edgesOf(tree: Tree, options: { types: boolean }): Map<string, string[]> {
  const doors = new Map<string, string>();
  for (const one of packagesOf(tree)) {
    for (const [door, file] of Object.entries(one.doors)) doors.set(posix.join(one.name, door), file);
  }
  return new Map(
    sourcesOf(tree).map((path) => {
      const targets = importsOf(path, tree[path] ?? "")
        .filter((one) => options.types || !one.typeOnly)
        .map(({ specifier = "" }) =>
          specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : doors.get(specifier),
        );
      return [path, targets.filter((target) => target !== undefined && tree[target] !== undefined)] as [
        string,
        string[],
      ]; // the filter leaves strings
    }),
  );
}
