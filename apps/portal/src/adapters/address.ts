/**
 * The address bar: the one-time token, which leaves it at once, and what is on display, so that reloading keeps it.
 *
 * Everything stands in the fragment: it reaches no server and no log.
 */

/** What is on display. */
export interface Place {
  readonly meter: string | undefined;
  readonly view: string | undefined;
  /** `2026-03-29`; absent: today. */
  readonly date: string | undefined;
}

/** Takes the token out of the address and of the history. Call before anything else can read or keep the address. */
export function takeToken(): string | undefined {
  const fragment = parameters();
  const token = fragment.get("token");
  if (token === null) return undefined;
  fragment.delete("token");
  replace(fragment);
  return token;
}

export function currentPlace(): Place {
  const fragment = parameters();
  const of = (key: string): string | undefined => fragment.get(key) ?? undefined;
  return { meter: of("meter"), view: of("view"), date: of("date") };
}

/** Shows the place in the address. Stepping through days leaves no trail of steps in the history. */
export function showPlace({ meter, view, date }: Place): void {
  const fragment = new URLSearchParams();
  if (meter !== undefined) fragment.set("meter", meter);
  if (view !== undefined) fragment.set("view", view);
  if (date !== undefined) fragment.set("date", date);
  replace(fragment);
}

function parameters(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

function replace(fragment: URLSearchParams): void {
  const text = fragment.toString();
  history.replaceState(null, "", text === "" ? location.pathname : `#${text}`);
}
