/** Which of the offered media types a client wants. Source: RFC 9110 §12.5.1. */

/** The first of the best; undefined when the client wants none of them. No header: the first offered. */
export function bestType<T extends string>(accept: string | undefined, offered: readonly T[]): T | undefined {
  if (accept === undefined || accept.trim() === "") return offered[0];
  const wanted = accept.slice(0, maxLength).split(",").map(rangeOf);
  let best: { type: T; weight: number } | undefined;
  for (const type of offered) {
    const weight = weightOf(type, wanted);
    if (weight > 0 && (best === undefined || weight > best.weight)) best = { type, weight };
  }
  return best?.type;
}

interface Range {
  readonly range: string;
  readonly weight: number;
}

function rangeOf(text: string): Range {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return { range, weight: weight === undefined ? 1 : Number(weight) || 0 };
}

/** The most specific range that fits decides. */
function weightOf(type: string, wanted: readonly Range[]): number {
  const [family] = type.split("/");
  for (const range of [type, `${family}/*`, "*/*"]) {
    const found = wanted.find((one) => one.range === range);
    if (found !== undefined) return found.weight;
  }
  return 0;
}

const maxLength = 1024;
