/**
 * What the page remembers in this browser: language, appearance, the reader's own trust root. No reading, no session.
 *
 * A browser may forbid to remember; then the page works without.
 */

export type Theme = "system" | "light" | "dark";

export interface OwnRoot {
  /** Name of the file it came from. */
  readonly name: string;
  /** DER, base64. */
  readonly certificate: string;
}

export function remembered(key: string): string | undefined {
  try {
    return localStorage.getItem(`siegel.${key}`) ?? undefined;
  } catch {
    return undefined; // forbidden: as if nothing had been kept
  }
}

export function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`siegel.${key}`);
    else localStorage.setItem(`siegel.${key}`, value);
  } catch {
    // Forbidden or full: it holds until the page is closed.
  }
}

export function rememberedTheme(): Theme {
  const theme = remembered("theme");
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function rememberedRoot(): OwnRoot | undefined {
  try {
    const root: unknown = JSON.parse(remembered("root") ?? "null");
    if (typeof root !== "object" || root === null || !("name" in root) || !("certificate" in root)) return undefined;
    const { name, certificate } = root;
    return typeof name === "string" && typeof certificate === "string" ? { name, certificate } : undefined;
  } catch {
    return undefined; // written by something else
  }
}

export function rememberRoot(root: OwnRoot | undefined): void {
  remember("root", root && JSON.stringify(root));
}
