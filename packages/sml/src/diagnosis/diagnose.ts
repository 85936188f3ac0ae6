/**
 * Why bytes do not decode as SML, or decode poorly, and what a person can do about it.
 *
 * In: a sample of the raw bytes, what the framer said about them, the files decoded.  Out: a few findings in plain words.
 * Not here: reading; a command that gets `decoded` back may go on with it.
 * Deterministic, bounded in time and memory, and silent about content: neither bytes nor strings of a meter are told.
 *
 * Causes are asked in stages. Only where none is at least likely, the symptoms are told (bytes lost, damaged now and
 * then), since damage is what nearly every cause leads to. What decoded telegrams say of themselves is told always.
 */

import { alterations } from "./alterations.ts";
import { causes, type Certainty, type DiagnosisCode, type Finding } from "./causes.ts";
import { checksums, kermitFault } from "./checksums.ts";
import { contents, ownRequest } from "./contents.ts";
import { otherFile } from "./file-kinds.ts";
import { distortedStart, parityInData, sevenBit, wrongSpeed } from "./line-settings.ts";
import { damage, droppedZeros, fragment, refusedByFramer, thinnedEscapes } from "./losses.ts";
import { howToRead, otherProtocol } from "./protocols.ts";
import { type DiagnosisInput, type Sample, sampleOf } from "./sample.ts";
import { silence } from "./silence.ts";
import { terminal } from "./terminal.ts";
import { replacedCharacters } from "./text-encoding.ts";
import { bareMessages, writtenForms } from "./written-forms.ts";

export type { Certainty, DiagnosisCode } from "./causes.ts";
export type { DiagnosisInput } from "./sample.ts";

export interface Diagnosis {
  readonly code: DiagnosisCode;
  readonly certainty: Certainty;
  /** Byte of the input where it shows first. */
  readonly offset?: number;
  /** What is the matter, in plain English. */
  readonly text: string;
  /** What to do. */
  readonly advice: string;
  /** The sample turned back into telegram bytes, where that loses nothing: reading may go on with it. */
  readonly decoded?: Uint8Array;
}

/**
 * The causes that fit, most helpful first, at most five; none for a good capture.
 *
 * @param input  `bytes` from the beginning of the stream, so that its offsets are those of `events`. Some seconds of a
 *               line (2 to 64 KiB) tell more than a single telegram.
 */
export function diagnose(input: DiagnosisInput): Diagnosis[] {
  const sample = sampleOf(input);
  const found = findingsIn(sample);
  const order = Object.keys(causes);
  found.sort((a, b) => rank[a.certainty] - rank[b.certainty] || order.indexOf(a.code) - order.indexOf(b.code));
  return found.slice(0, maxDiagnoses).map(({ code, figures, ...finding }) => ({
    code,
    ...finding,
    text: figures === undefined ? causes[code].text : `${causes[code].text.slice(0, -1)} (${figures}).`,
    advice: causes[code].advice + howToRead(code),
  }));
}

function findingsIn(sample: Sample): Finding[] {
  const found: Finding[] = [];
  for (const stage of stages) {
    if (found.some((finding) => finding.certainty !== "possible")) break;
    found.push(...stage.flatMap((evidence) => evidence(sample)));
  }
  found.push(...found.flatMap(({ decoded }) => (decoded === undefined ? [] : protocolOf(decoded))));
  found.push(...contents(sample), ...kermitFault(sample));
  if (found.length > 0 || sample.good.length > 0) return found;
  return [{ code: "nothing-recognised", certainty: "possible" }];
}

/** What bytes are that were found written as text, where they are not SML. */
function protocolOf(bytes: Uint8Array): Finding[] {
  return otherProtocol(sampleOf({ bytes, events: [], files: [], fromLine: false })).map(({ code, certainty }) => ({
    code,
    certainty,
  }));
}

/** A stage is asked only where the one before it found nothing likely: what explains the whole input stands first. */
const stages: readonly (readonly ((sample: Sample) => Finding[])[])[] = [
  [silence, ownRequest],
  [alterations, writtenForms, bareMessages],
  [replacedCharacters, droppedZeros, terminal, sevenBit, parityInData, thinnedEscapes],
  [refusedByFramer, checksums, otherProtocol],
  [distortedStart],
  [wrongSpeed, otherFile],
  [damage, fragment],
];

const rank: Readonly<Record<Certainty, number>> = { certain: 0, likely: 1, possible: 2 };
const maxDiagnoses = 5;
