/**
 * The rooms of Siegel and who may import whom: docs/architecture.md as data.
 *
 * Rooms that do not stand yet are listed too, so that a new folder falls under its rule from the first commit.
 * A row without an entry here cannot be built: the architecture test refuses a folder that the table does not know.
 */

/** What shipped source of one room may import. */
export interface Room {
  /** Other rooms by path, or one door of a room (`packages/crypto/browser`), or a whole floor (`packages/*`). */
  readonly mayImport: readonly string[];
  /** Modules of Node: none in a core, those named, or `adapter`: all but those of another owner. */
  readonly node: readonly string[] | "adapter";
  /** May it depend on packages of others? Then each has a line in docs/decisions. */
  readonly outside: boolean;
}

const core = (...mayImport: string[]): Room => ({ mayImport: inPackages(mayImport), node: [], outside: false });
const app = (...mayImport: string[]): Room => ({ mayImport, node: "adapter", outside: true });

const codecs = ["wire", "readings", "crypto"];

export const rooms: Readonly<Record<string, Room>> = {
  "packages/wire": core(),
  "packages/readings": core("wire"),
  "packages/crypto": { mayImport: [], node: ["node:crypto"], outside: false },
  "packages/sml": core(...codecs),
  "packages/iec62056-21": core(...codecs),
  "packages/mbus": core(...codecs),
  "packages/sts": core(...codecs),
  "packages/dlms": core(...codecs, "mbus", "iec62056-21"),
  // Certificates are checked in a browser too: only what runs there.
  "packages/pki": core("wire", "crypto/verify"),
  "packages/cms": core(...codecs, "pki"),
  "packages/rights": core(...codecs, "pki", "cms"),
  "packages/secure-log": core("crypto"),
  "packages/tariff": core("readings"),
  // Its schemas are those of a library: they validate, and OpenAPI is made of them.
  "packages/contract": { mayImport: inPackages(["readings"]), node: [], outside: true },
  "packages/channel": {
    mayImport: inPackages(["wire", "crypto", "pki"]),
    node: "adapter",
    outside: true,
  },
  "packages/security-module-pkcs11": { mayImport: inPackages(["crypto"]), node: "adapter", outside: true },
  "apps/gateway": app("packages/*"),
  "apps/administrator": app("packages/*"),
  "apps/headend": app("packages/*"),
  "apps/portal": app(
    ...inPackages([
      "wire",
      "readings",
      "contract",
      "crypto/verify",
      "pki",
      "cms/verify",
      "sml",
      "tariff",
      "secure-log",
    ]),
  ),
  "apps/cli": app("packages/*", "apps/*", "lab/*"),
  "lab/meters": app("packages/*", "apps/*", "lab/*"),
  "lab/world": app("packages/*", "apps/*", "lab/*"),
  "lab/attacks": app("packages/*", "apps/*", "lab/*"),
  "lab/model": app("packages/*", "apps/*", "lab/*"),
};

/** Modules of Node with one owner: nobody else's shipped source imports them. */
export const ownersOfNodeModules: Readonly<Record<string, string>> = {
  "node:crypto": "packages/crypto",
  "node:tls": "packages/channel",
};

function inPackages(names: readonly string[]): string[] {
  return names.map((name) => `packages/${name}`);
}
