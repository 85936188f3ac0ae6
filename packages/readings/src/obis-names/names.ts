/**
 * What an OBIS code means, in plain words: one name for the whole, and the meaning of each group.
 *
 * In: a code and a language.  Out: text for a person. A code that no table knows gets its groups spelled out and says
 * where the maker was free to choose; nothing is guessed.
 * Tables: ./electricity, ./media, ./particular.  Source: IEC 62056-6-1, EN 13757-1.
 */

import type { ObisCode } from "../obis.ts";
import { kinds, otherQuantities, type Quantity, quantities, vectors } from "./electricity.ts";
import { kindsOfGas, kindsOfMedia, media, quantitiesOfMedium } from "./media.ts";
import { particular } from "./particular.ts";
import { type Language, type Words, words } from "./words.ts";

export interface ObisGroup {
  readonly group: "A" | "B" | "C" | "D" | "E" | "F";
  readonly code: number;
  readonly meaning: string;
}

/** Plain name of a code: `Active energy import, tariff 1` for 1-0:1.8.1*255. */
export function nameOfObis(code: ObisCode, language: Language = "en"): string {
  const found = particularName(code, language);
  if (found !== undefined) return found;
  const parts = isMakerSpecific(code) ? undefined : code.a === 1 ? electricity(code, language) : medium(code, language);
  const name = parts ?? unknown(code, language);
  return [...name, ...channelAndPeriod(code, language)].filter((part) => part !== "").join(", ");
}

/** The groups A to F of a code, each with what it means by itself. */
export function groupsOfObis(code: ObisCode, language: Language = "en"): readonly ObisGroup[] {
  const quantity = quantityWords(code, language) ?? freeOrUnknown(isFreeC(code.c), language);
  const kind = kindWords(code, language) ?? freeOrUnknown(isFree(code.d), language);
  const hasClass = !isMakerSpecific(code) && (code.a === 1 || quantitiesOfMedium[code.a] !== undefined);
  return [
    { group: "A", code: code.a, meaning: media[code.a]?.[language] ?? freeOrUnknown(false, language) },
    { group: "B", code: code.b, meaning: channelWords(code.b)[language] },
    { group: "C", code: code.c, meaning: quantity },
    { group: "D", code: code.d, meaning: kind === "" ? currentValue[language] : kind },
    {
      group: "E",
      code: code.e,
      meaning: hasClass ? classWords(code, language) : freeOrUnknown(isFree(code.e), language),
    },
    { group: "F", code: code.f, meaning: periodWords(code.f)?.[language] ?? currentValue[language] },
  ];
}

function particularName(code: ObisCode, language: Language): string | undefined {
  const groups = [code.a, code.b, code.c, code.d, code.e, code.f];
  for (const { pattern, name } of patternsByC[code.c] ?? []) {
    if (pattern.every((group, index) => group === undefined || group === groups[index])) {
      const text = name[language].replace(" {E+1}", code.e === 0 ? "" : ` ${code.e + 1}`).replace("{E}", `${code.e}`);
      const channel = pattern[1] === undefined && code.b > 0 && code.b <= 64 ? channelWords(code.b)[language] : "";
      const period = pattern[5] === undefined ? (periodWords(code.f)?.[language] ?? "") : "";
      return [text, channel, period].filter((part) => part !== "").join(", ");
    }
  }
  return undefined;
}

function electricity(code: ObisCode, language: Language): string[] | undefined {
  if (code.c === 81) return angle(code, language);
  const quantity = quantityWords(code, language);
  const kind = kinds[code.d];
  if (quantity === undefined || kind === undefined) return undefined;
  const text = sagsAndSwells(code)?.[language] ?? kind.words[language];
  return [quantity, text, code.e === 0 ? "" : classWords(code, language)];
}

/** Angles: the tens of E name the reference, the ones what is measured against it. */
function angle(code: ObisCode, language: Language): string[] | undefined {
  const [reference, measured] = [vectors[Math.floor(code.e / 10)], vectors[code.e % 10]];
  if (code.d !== 7 || reference === undefined || measured === undefined) return undefined;
  return [language === "en" ? `Phase angle ${measured} to ${reference}` : `Phasenwinkel ${measured} zu ${reference}`];
}

function medium(code: ObisCode, language: Language): string[] | undefined {
  const quantity = quantitiesOfMedium[code.a]?.[code.c];
  const kind = kindWords(code, language);
  if (quantity === undefined || kind === undefined) return undefined;
  const name = media[code.a]![language]; // every medium with quantities has a name
  return [`${name}: ${quantity[language]}`, kind, code.e === 0 ? "" : classWords(code, language)];
}

/** Not a name, but all that the groups say. */
function unknown(code: ObisCode, language: Language): string[] {
  const medium = media[code.a]?.[language];
  const groups = `C ${code.c}, D ${code.d}, E ${code.e}`;
  const free = isMakerSpecific(code);
  const text = free
    ? words("maker-specific value", "herstellerspezifischer Wert")
    : words("value without a known name", "Wert ohne bekannten Namen");
  return [medium === undefined ? `A ${code.a}: ${text[language]}` : `${medium}: ${text[language]}`, groups];
}

function quantityWords(code: ObisCode, language: Language): string | undefined {
  const { a, c } = code;
  if (a !== 1) return quantitiesOfMedium[a]?.[c]?.[language] ?? services[c]?.[language];
  if (c === 81) return words("Angle", "Winkel")[language];
  const isPhase = c > 20 && c <= 80;
  const quantity: Quantity | undefined = c <= 80 ? quantities[isPhase ? ((c - 1) % 20) + 1 : c] : otherQuantities[c];
  if (quantity === undefined) return services[c]?.[language];
  const name = (kinds[code.d]?.integral ? quantity.integral : undefined) ?? quantity.momentary;
  // "Active power L1, import minus export": the phase belongs to what is measured.
  return isPhase ? name[language].replace(/,|$/, ` L${Math.floor((c - 1) / 20)}$&`) : name[language];
}

function kindWords(code: ObisCode, language: Language): string | undefined {
  if (code.a === 1) {
    if (code.d === 7) return words("momentary value", "Momentanwert")[language];
    if (code.d === 8) return words("total", "Zählerstand")[language];
    return kinds[code.d]?.words[language];
  }
  if (quantitiesOfMedium[code.a] === undefined) return undefined;
  return (code.a === 7 ? kindsOfGas : kindsOfMedia)[code.d]?.[language];
}

/** Voltages below and above their limits have names of their own. */
function sagsAndSwells(code: ObisCode): Words | undefined {
  if (code.c % 20 !== 12 || code.c > 80) return undefined;
  if (code.d === 32) return words("number of sags", "Anzahl Einbrüche");
  return code.d === 36 ? words("number of swells", "Anzahl Überhöhungen") : undefined;
}

/** Group E: tariff of an integral or a maximum, harmonic of a momentary value. */
function classWords(code: ObisCode, language: Language): string {
  const isMomentary = code.a === 1 && code.d === 7;
  const isWave = isMomentary && code.c !== 81 && [11, 12].includes(code.c % 20);
  if (code.a === 1 && code.c === 81) return words("pair of vectors", "Paar von Zeigern")[language];
  if (code.e === 0) return (isMomentary ? words("total", "gesamt") : words("all tariffs", "alle Tarife"))[language];
  if (code.e === 255) return words("not used", "nicht belegt")[language];
  if (isWave && code.e <= 120) return words(`harmonic ${code.e}`, `${code.e}. Harmonische`)[language];
  if (isWave && code.e === 124)
    return words("total harmonic distortion (THD)", "Gesamtoberschwingungsgehalt (THD)")[language];
  if (code.e <= 63) return words(`tariff ${code.e}`, `Tarif ${code.e}`)[language];
  return code.e >= 128 ? words(`maker's class ${code.e}`, `Herstellerklasse ${code.e}`)[language] : `E ${code.e}`;
}

function channelAndPeriod(code: ObisCode, language: Language): string[] {
  const channel = code.b === 0 ? "" : channelWords(code.b)[language];
  return [channel, periodWords(code.f)?.[language] ?? ""];
}

function channelWords(b: number): Words {
  if (b === 0) return words("no channel", "kein Kanal");
  if (b <= 64) return words(`channel ${b}`, `Kanal ${b}`);
  return b >= 128 && b < 200
    ? words(`maker's channel ${b}`, `Herstellerkanal ${b}`)
    : words(`channel code ${b}`, `Kanalkennzahl ${b}`);
}

/** Group F; nothing for 255, the value of now. */
function periodWords(f: number): Words | undefined {
  if (f === 255) return undefined;
  if (f < 100) return words(`stored value ${f}`, `Vorwert ${f}`);
  if (f === 101) return words("stored value, last billing period", "Vorwert, letzte Abrechnungsperiode");
  if (f > 101 && f <= 125) {
    return words(`stored value, ${f - 100} billing periods ago`, `Vorwert, ${f - 100} Abrechnungsperioden zurück`);
  }
  return isFree(f) ? words(`maker's period ${f}`, `Herstellerperiode ${f}`) : words(`F ${f}`, `F ${f}`);
}

function freeOrUnknown(forMaker: boolean, language: Language): string {
  return (forMaker ? words("maker-specific", "herstellerspezifisch") : words("not known", "nicht bekannt"))[language];
}

/**
 * IEC 62056-6-1 leaves these ranges to the maker; service entries 96.50 to 96.99 as well. It leaves him F from 128 to 254,
 * too; meters that use it measure what A to E say, so only the period is called his.
 */
function isMakerSpecific({ b, c, d, e }: ObisCode): boolean {
  return (b >= 128 && b < 200) || isFreeC(c) || isFree(d) || isFree(e) || (c === 96 && d >= 50 && d < 100);
}

/** The makers' share of group C is smaller than that of D, E and F. */
function isFreeC(c: number): boolean {
  return (c >= 128 && c < 200) || c === 240;
}

function isFree(group: number): boolean {
  return group >= 128 && group < 255;
}

const currentValue = words("current value", "aktueller Wert");
const services: Readonly<Record<number, Words>> = {
  0: words("General purpose", "Allgemeine Angaben"),
  96: words("General service entry", "Allgemeine Dienste"),
  97: words("Errors", "Fehler"),
  98: words("List", "Liste"),
  99: words("Profile", "Profil"),
};

interface Pattern {
  readonly pattern: readonly (number | undefined)[];
  readonly name: Words;
}

/** The particular codes by group C, which no pattern leaves open. */
const patternsByC: Readonly<Record<number, readonly Pattern[]>> = Object.groupBy(
  particular.map(([text, name]) => ({
    pattern: text.split(/[-:.*]/).map((group) => (group === "x" ? undefined : Number(group))),
    name,
  })),
  ({ pattern }) => pattern[2]!,
) as Record<number, Pattern[]>; // groupBy says Partial; a missing key is read as undefined under our compiler flags
