/**
 * The rules of the building: which room may import which, only through its door, and nothing undeclared.
 *
 * In: a tree and the table of rooms.  Out: every breach, with file and line. An empty list is a sound building.
 * Not here: cycles (./cycles), comments and names (./house-rules).
 */

import { posix } from "node:path";

import { type Import, importsOf } from "./imports.ts";
import { ownersOfNodeModules, type Room } from "./table.ts";
import { type Package, packagesOf, type Role, roleOf, roomOf, sourcesOf, type Tree } from "./tree.ts";

export interface Breach {
  readonly rule:
    | "unknown-room"
    | "not-allowed"
    | "not-a-door"
    | "testing-door"
    | "leaves-the-package"
    | "no-such-file"
    | "undeclared"
    | "unused-dependency"
    | "outside-dependency"
    | "no-decision"
    | "node-module"
    | "computed-import"
    | "corpus";
  /** `packages/wire/src/crc16.ts:12`, or a manifest. */
  readonly where: string;
  readonly what: string;
}

/** Every breach of the table in manifests and source. */
export function breaches(tree: Tree, rooms: Readonly<Record<string, Room>>): Breach[] {
  const building = new Building(tree, rooms);
  for (const one of building.packages) building.checkManifest(one);
  for (const path of sourcesOf(tree)) building.checkSource(path);
  for (const one of building.packages) building.checkUse(one);
  return building.found;
}

class Building {
  readonly found: Breach[] = [];
  readonly packages: readonly Package[];
  readonly #tree: Tree;
  readonly #rooms: Readonly<Record<string, Room>>;
  readonly #byName: ReadonlyMap<string, Package>;
  readonly #byRoom: ReadonlyMap<string, Package>;
  /** Dependencies that shipped source uses, as `room name`. */
  readonly #used = new Set<string>();

  constructor(tree: Tree, rooms: Readonly<Record<string, Room>>) {
    this.#tree = tree;
    this.#rooms = rooms;
    this.packages = packagesOf(tree);
    this.#byName = new Map(this.packages.map((one) => [one.name, one]));
    this.#byRoom = new Map(this.packages.map((one) => [one.room, one]));
  }

  checkManifest(one: Package): void {
    const where = `${one.room}/package.json`;
    const row = this.#rooms[one.room];
    if (row === undefined) return this.#add("unknown-room", where, `${one.room} is not in scripts/layering/table.ts`);
    for (const name of Object.keys(one.dependencies)) {
      const target = this.#byName.get(name);
      if (target !== undefined) {
        if (!mayEnter(row, target.room, undefined)) this.#add("not-allowed", where, `depends on ${name}`);
      } else if (!row.outside) this.#add("outside-dependency", where, `a core depends on ${name}`);
      else if (!this.#isDecided(name)) this.#add("no-decision", where, `${name} has no line in docs/decisions`);
    }
  }

  checkSource(path: string): void {
    const text = this.#tree[path] ?? "";
    const role = roleOf(path);
    if (mentionsCorpus(text) && !mayReadCorpus(path)) this.#add("corpus", path, "names the corpus");
    for (const one of importsOf(path, text)) this.#checkImport(path, role, one);
  }

  /** Each declared dependency has an import in shipped source. A room without source yet is left alone. */
  checkUse(one: Package): void {
    const shipped = sourcesOf(this.#tree).filter((path) => roomOf(path) === one.room && roleOf(path) === "shipped");
    if (shipped.length === 0) return;
    for (const name of Object.keys(one.dependencies)) {
      if (!this.#used.has(`${one.room} ${name}`)) this.#add("unused-dependency", `${one.room}/package.json`, name);
    }
  }

  #checkImport(path: string, role: Role, one: Import): void {
    const where = `${path}:${one.line}`;
    const { specifier } = one;
    if (specifier === undefined) {
      // Apps load nothing by a name made at run time; only tooling does, to find benches and targets.
      if (role !== "tooling") this.#add("computed-import", where, "the name of the module is computed");
    } else if (specifier.startsWith(".")) this.#checkRelative(path, role, where, specifier);
    else if (specifier.startsWith("node:")) this.#checkNode(path, role, where, specifier);
    else this.#checkPackage(path, role, where, specifier);
  }

  #checkRelative(path: string, role: Role, where: string, specifier: string): void {
    const target = posix.join(posix.dirname(path), specifier);
    if (this.#tree[target] === undefined) return this.#add("no-such-file", where, specifier);
    const outside = roomOf(target) !== roomOf(path);
    // Tests, benches and fuzz targets may use the helpers of scripts; nobody reaches into another room's files.
    if (outside && !(role === "test" && roleOf(target) === "tooling")) {
      this.#add("leaves-the-package", where, specifier);
    }
    if (role === "shipped" && roleOf(target) === "test") this.#add("not-allowed", where, `${specifier} is a test`);
    if (target === corpusHelper && !mayReadCorpus(path)) this.#add("corpus", where, specifier);
  }

  #checkNode(path: string, role: Role, where: string, specifier: string): void {
    if (role !== "shipped") return;
    const room = roomOf(path) ?? "";
    const allowed = this.#rooms[room]?.node ?? [];
    const owner = ownersOfNodeModules[specifier];
    const ok = allowed === "adapter" ? owner === undefined || owner === room : allowed.includes(specifier);
    if (!ok) this.#add("node-module", where, `${specifier} in ${room}${owner ? `: belongs to ${owner}` : ""}`);
  }

  #checkPackage(path: string, role: Role, where: string, specifier: string): void {
    const name = packageName(specifier);
    const room = roomOf(path);
    const own = room === undefined ? undefined : this.#byRoom.get(room);
    const target = this.#byName.get(name);
    if (target === undefined) {
      if (role === "shipped" && own?.dependencies[name] === undefined) this.#add("undeclared", where, name);
      else if (role === "test" && !this.#isDevelopment(name, own)) this.#add("undeclared", where, name);
    } else {
      const door = `.${specifier.slice(name.length)}`;
      if (target.doors[door] === undefined) return this.#add("not-a-door", where, specifier);
      if (role !== "shipped" || own === target) return;
      if (own?.dependencies[name] === undefined) this.#add("undeclared", where, name);
      const row = this.#rooms[room ?? ""];
      // What a room offers for tests runs where tests run: whichever door it needs of a room that it may enter at all.
      const asked = path.endsWith("/src/testing.ts") ? undefined : door;
      if (row !== undefined && !mayEnter(row, target.room, asked)) this.#add("not-allowed", where, specifier);
      // Virtual meters are made of what the rooms offer for tests: a signing meter is one.
      if (door === "./testing" && !room?.startsWith("lab/")) this.#add("testing-door", where, specifier);
    }
    if (role === "shipped") this.#used.add(`${room} ${name}`);
  }

  #isDevelopment(name: string, own: Package | undefined): boolean {
    const root = JSON.parse(this.#tree["package.json"] ?? "{}") as { devDependencies?: Record<string, string> }; // ours
    return [own?.dependencies, own?.devDependencies, root.devDependencies].some((list) => list?.[name] !== undefined);
  }

  #isDecided(name: string): boolean {
    const pages = Object.entries(this.#tree).filter(([path]) => path.startsWith("docs/decisions/"));
    return pages.some(([, text]) => text.includes(`\`${name}\``));
  }

  #add(rule: Breach["rule"], where: string, what: string): void {
    this.found.push({ rule, where, what });
  }
}

/** `packages/crypto` opens all doors of the room, `packages/crypto/browser` that one, `packages/*` the whole floor. */
function mayEnter(row: Room, room: string, door: string | undefined): boolean {
  const floor = `${room.split("/")[0]}/*`;
  return row.mayImport.some(
    (entry) =>
      entry === room ||
      entry === floor ||
      (door === undefined ? entry.startsWith(`${room}/`) : entry === posix.join(room, door)),
  );
}

function packageName(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Telegrams of others may be read where they are, by tests and benches. They never become part of Siegel. */
function mayReadCorpus(path: string): boolean {
  return path === corpusHelper || path.endsWith(".corpus.ts") || path.includes("/bench/") || tellsOfCorpus.has(path);
}

function mentionsCorpus(text: string): boolean {
  return /shared\/corpus|SIEGEL_CORPUS/.test(text);
}

const corpusHelper = "scripts/corpus.ts";
/** This checker and its tests, which have to name what they look for. */
const tellsOfCorpus = new Set(["scripts/layering/rules.ts", "scripts/layering/layering.test.ts"]);
