/** What is missing or damaged in an SML stream: marks, bytes, ends. Symptoms, where no cause above showed. */

import type { Finding } from "./causes.ts";
import { latin1Of, provenFiles, type Sample } from "./sample.ts";

/** What the framer itself recognised. */
export function refusedByFramer({ damaged }: Sample): Finding[] {
  const findings: Finding[] = [];
  const version2 = damaged.find((event) => event.error.code === "unsupported-version");
  const tooLong = damaged.find((event) => event.error.code === "too-long");
  if (version2) findings.push({ code: "transport-version-2", certainty: "certain", offset: version2.offset });
  if (tooLong) findings.push({ code: "too-long", certainty: "certain", offset: tooLong.offset });
  return findings;
}

/** Two or three 1b where four must be. Put back, the checksums tell whether only marks suffered. */
export function thinnedEscapes({ bytes, good, starts, ends }: Sample): Finding[] {
  const text = latin1Of(bytes);
  const thinned = text.match(thinnedMark) ?? [];
  if (thinned.length < 2 || thinned.length <= starts + ends) return [];
  const mended = Uint8Array.from(text.replaceAll(thinnedMark, "\x1b\x1b\x1b\x1b"), (char) => char.charCodeAt(0));
  const isProved = provenFiles(mended) > good.length;
  const offset = text.indexOf("\x1b\x1b");
  const figures = `${thinned.length} marks`;
  return [
    {
      code: "escapes-thinned",
      certainty: isProved ? "certain" : "likely",
      offset,
      figures,
      ...(isProved && { decoded: mended }),
    },
  ];
}

/** Every message ends with a zero: a stream of SML without any has lost them. */
export function droppedZeros({ bytes, histogram, isSml }: Sample): Finding[] {
  if (!isSml || histogram[0] !== 0 || bytes.length < 100) return [];
  return [{ code: "zeros-dropped", certainty: "certain" }];
}

/** Damage without a cause: all of it, some of it, or bytes that are gone. */
export function damage({ damaged, good, bytes, events, histogram }: Sample): Finding[] {
  // The last stretch of a sample is cut by its end, which says nothing about the line.
  const inner = damaged.filter((event) => event.error.code !== "truncated" || event !== events.at(-1));
  const first = inner[0];
  if (first === undefined) return [];
  const all = inner.length + good.length;
  const figures = `${inner.length} of ${all} telegrams`;
  const short = inner.filter((event) => event.error.code === "truncated" || event.byteLength % 4 !== 0);
  const findings: Finding[] = [];
  if (2 * short.length > inner.length) {
    findings.push({
      code: "bytes-lost",
      certainty: short.length > 1 ? "likely" : "possible",
      offset: first.offset,
      figures: lostFigures(),
    });
  }
  if (findings.length > 0 && histogram[0x11] === 0 && histogram[0x13] === 0 && bytes.length >= 1000) {
    findings.push({ code: "flow-control", certainty: "possible" });
  }
  if (good.length > 0)
    findings.push({ code: "damaged-now-and-then", certainty: "likely", offset: first.offset, figures });
  else if (short.length <= inner.length / 2) {
    findings.push({
      code: "damaged-always",
      certainty: inner.length > 1 ? "likely" : "possible",
      offset: first.offset,
      figures,
    });
  }
  return findings;

  /** How much is gone shows only against a whole telegram of the same meter. */
  function lostFigures(): string {
    if (good.length === 0) return figures;
    const usual = good.map((frame) => frame.byteLength).sort((a, b) => a - b)[good.length >> 1] ?? 0;
    const lost = short.reduce((sum, event) => sum + Math.max(0, usual - event.byteLength), 0);
    return `${figures}, about ${Math.max(1, Math.round((100 * lost) / (bytes.length + lost)))} % of the bytes`;
  }
}

/** SML is here, but no telegram from its start to its end. */
export function fragment({ isSml, good, starts, ends, damaged }: Sample): Finding[] {
  if (good.length > 0 || starts > 1 || (starts === 1 && ends > 0) || (!isSml && ends === 0)) return [];
  const offset = damaged[0]?.offset;
  return [{ code: "fragment", certainty: "likely", ...(offset !== undefined && { offset }) }];
}

/** Two or three 1b, then what belongs to a start or end mark. */
// oxlint-disable-next-line no-control-regex -- bytes searched as characters
const thinnedMark = /(?<!\x1b)\x1b{2,3}(?=\x01{3}|\x1a[\x00-\x03])/g;
