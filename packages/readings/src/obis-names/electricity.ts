/**
 * What groups C, D and E mean for electricity (A = 1), as tables.
 * Source: IEC 62056-6-1, value groups C, D and E of electricity related codes.
 */

import { type Words, words } from "./words.ts";

/** A quantity as momentary value and, where it has one, as its integral over time. */
export interface Quantity {
  readonly momentary: Words;
  readonly integral?: Words;
}

/** Group C from 1 to 20 for all phases together; the same plus 20, 40, 60 for L1, L2, L3. */
export const quantities: Readonly<Record<number, Quantity>> = {
  1: {
    momentary: words("Active power import", "Wirkleistung Bezug"),
    integral: words("Active energy import", "Wirkenergie Bezug"),
  },
  2: {
    momentary: words("Active power export", "Wirkleistung Lieferung"),
    integral: words("Active energy export", "Wirkenergie Lieferung"),
  },
  3: {
    momentary: words("Reactive power import", "Blindleistung Bezug"),
    integral: words("Reactive energy import", "Blindenergie Bezug"),
  },
  4: {
    momentary: words("Reactive power export", "Blindleistung Lieferung"),
    integral: words("Reactive energy export", "Blindenergie Lieferung"),
  },
  5: {
    momentary: words("Reactive power quadrant I", "Blindleistung Quadrant I"),
    integral: words("Reactive energy quadrant I", "Blindenergie Quadrant I"),
  },
  6: {
    momentary: words("Reactive power quadrant II", "Blindleistung Quadrant II"),
    integral: words("Reactive energy quadrant II", "Blindenergie Quadrant II"),
  },
  7: {
    momentary: words("Reactive power quadrant III", "Blindleistung Quadrant III"),
    integral: words("Reactive energy quadrant III", "Blindenergie Quadrant III"),
  },
  8: {
    momentary: words("Reactive power quadrant IV", "Blindleistung Quadrant IV"),
    integral: words("Reactive energy quadrant IV", "Blindenergie Quadrant IV"),
  },
  9: {
    momentary: words("Apparent power import", "Scheinleistung Bezug"),
    integral: words("Apparent energy import", "Scheinenergie Bezug"),
  },
  10: {
    momentary: words("Apparent power export", "Scheinleistung Lieferung"),
    integral: words("Apparent energy export", "Scheinenergie Lieferung"),
  },
  11: { momentary: words("Current", "Strom"), integral: words("Current over time", "Strom über Zeit") },
  12: { momentary: words("Voltage", "Spannung"), integral: words("Voltage over time", "Spannung über Zeit") },
  13: { momentary: words("Power factor", "Leistungsfaktor") },
  14: { momentary: words("Frequency", "Frequenz") },
  15: {
    momentary: words("Active power, import plus export", "Wirkleistung, Summe der Beträge"),
    integral: words("Active energy, import plus export", "Wirkenergie, Summe der Beträge"),
  },
  16: {
    momentary: words("Active power, import minus export", "Wirkleistung, Bezug minus Lieferung"),
    integral: words("Active energy, import minus export", "Wirkenergie, Bezug minus Lieferung"),
  },
  17: quadrantOfActive("I"),
  18: quadrantOfActive("II"),
  19: quadrantOfActive("III"),
  20: quadrantOfActive("IV"),
};

/** Group C above the phases. */
export const otherQuantities: Readonly<Record<number, Quantity>> = {
  82: { momentary: words("Quantity without unit, such as pulses", "Größe ohne Einheit, etwa Impulse") },
  83: { momentary: words("Losses of line and transformer", "Verluste von Leitung und Transformator") },
  84: { momentary: words("Power factor export", "Leistungsfaktor Lieferung") },
  85: { momentary: words("Power factor export L1", "Leistungsfaktor Lieferung L1") },
  86: { momentary: words("Power factor export L2", "Leistungsfaktor Lieferung L2") },
  87: { momentary: words("Power factor export L3", "Leistungsfaktor Lieferung L3") },
  88: { momentary: words("Squared current over time", "Stromquadrat über Zeit") },
  89: { momentary: words("Squared voltage over time", "Spannungsquadrat über Zeit") },
  90: { momentary: words("Sum of the phase currents", "Summe der Phasenströme") },
  91: { momentary: words("Current of the neutral", "Strom im Neutralleiter") },
  92: { momentary: words("Voltage of the neutral", "Spannung am Neutralleiter") },
};

/** Group D: what is done with the quantity. `integral` marks time integrals, where C 1 is energy and not power. */
export interface Kind {
  readonly words: Words;
  readonly integral?: true;
}

/** An empty text stands for what needs no word: a momentary value, a running total. */
export const kinds: Readonly<Record<number, Kind>> = {
  0: { words: words("average of the billing period", "Mittelwert der Abrechnungsperiode") },
  1: { words: words("cumulative minimum", "kumuliertes Minimum") },
  2: { words: words("cumulative maximum", "kumuliertes Maximum") },
  3: { words: words("minimum", "Minimum") },
  4: { words: words("average of the current period", "Mittelwert der laufenden Periode") },
  5: { words: words("average of the last period", "Mittelwert der letzten Periode") },
  6: { words: words("maximum", "Maximum") },
  7: { words: words("", "") },
  8: { words: words("", ""), integral: true },
  9: { words: words("since the last reset", "seit der letzten Rückstellung"), integral: true },
  10: { words: words("above the limit", "über dem Grenzwert"), integral: true },
  11: { words: words("cumulative minimum 2", "kumuliertes Minimum 2") },
  12: { words: words("cumulative maximum 2", "kumuliertes Maximum 2") },
  13: { words: words("minimum 2", "Minimum 2") },
  14: { words: words("average 2 of the current period", "Mittelwert 2 der laufenden Periode") },
  15: { words: words("average 2 of the last period", "Mittelwert 2 der letzten Periode") },
  16: { words: words("maximum 2", "Maximum 2") },
  17: { words: words("time integral 7", "Zeitintegral 7"), integral: true },
  18: { words: words("time integral 8", "Zeitintegral 8"), integral: true },
  19: { words: words("time integral 9", "Zeitintegral 9"), integral: true },
  20: { words: words("time integral 10", "Zeitintegral 10"), integral: true },
  21: { words: words("cumulative minimum 3", "kumuliertes Minimum 3") },
  22: { words: words("cumulative maximum 3", "kumuliertes Maximum 3") },
  23: { words: words("minimum 3", "Minimum 3") },
  24: { words: words("average 3 of the current period", "Mittelwert 3 der laufenden Periode") },
  25: { words: words("average 3 of the last period", "Mittelwert 3 der letzten Periode") },
  26: { words: words("maximum 3", "Maximum 3") },
  27: { words: words("average 5 of the current period", "Mittelwert 5 der laufenden Periode") },
  28: { words: words("average 6 of the current period", "Mittelwert 6 der laufenden Periode") },
  29: { words: words("in the recording interval", "in der Registrierperiode"), integral: true },
  30: { words: words("in recording interval 2", "in Registrierperiode 2"), integral: true },
  31: { words: words("lower limit", "unterer Grenzwert") },
  32: { words: words("times below the limit", "Anzahl Unterschreitungen") },
  33: { words: words("time below the limit", "Dauer der Unterschreitung") },
  34: { words: words("depth below the limit", "Betrag der Unterschreitung") },
  35: { words: words("upper limit", "oberer Grenzwert") },
  36: { words: words("times above the limit", "Anzahl Überschreitungen") },
  37: { words: words("time above the limit", "Dauer der Überschreitung") },
  38: { words: words("height above the limit", "Betrag der Überschreitung") },
  39: { words: words("limit for missing", "Grenzwert für Ausfall") },
  40: { words: words("times missing", "Anzahl Ausfälle") },
  41: { words: words("time missing", "Dauer des Ausfalls") },
  42: { words: words("depth while missing", "Betrag beim Ausfall") },
  55: { words: words("test average", "Prüfmittelwert") },
  58: { words: words("test integral", "Prüfintegral"), integral: true },
};

/** Digits of group E of an angle (C 81): first the reference, then what is measured against it. */
export const vectors: Readonly<Record<number, string>> = {
  0: "U(L1)",
  1: "U(L2)",
  2: "U(L3)",
  4: "I(L1)",
  5: "I(L2)",
  6: "I(L3)",
  7: "I(N)",
};

function quadrantOfActive(quadrant: string): Quantity {
  return {
    momentary: words(`Active power quadrant ${quadrant}`, `Wirkleistung Quadrant ${quadrant}`),
    integral: words(`Active energy quadrant ${quadrant}`, `Wirkenergie Quadrant ${quadrant}`),
  };
}
