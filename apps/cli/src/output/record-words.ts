/**
 * Names of M-Bus values for a person: `volume-flow-end-of-last-exceeding-of-upper-limit` in words, English or German.
 *
 * In: the stable name (`nameOfRecord` of mbus).  Out: words. What no table here knows stays as it is, its hyphens blanks.
 */

import type { Language } from "@siegel/readings";

export function wordsOfRecord(name: string, language: Language): string {
  if (name.startsWith(plainText)) return name.slice(plainText.length);
  if (language === "en") return capital(name.replaceAll("-", " "));
  const quantity = longest(name);
  if (quantity === undefined) return capital(name.replaceAll("-", " "));
  const rest = name.slice(quantity.length).replace(/^-/, "");
  const noun = quantities[quantity]!;
  return rest === "" ? noun : `${noun}, ${suffixWords(rest)}`;
}

/** What a value's place says beyond "now, storage 0, tariff 0, subunit 0"; empty where it says no more. */
export function wordsOfPlace(
  place: {
    readonly function?: string | undefined;
    readonly storage?: number | undefined;
    readonly tariff?: number;
    readonly subunit?: number | undefined;
  },
  language: Language,
): string {
  const words = places[language];
  const { function: kind, storage = 0, tariff = 0, subunit = 0 } = place;
  return [
    ...(kind === undefined || kind === "instantaneous" ? [] : [words[kind] ?? kind]),
    ...(storage === 0 ? [] : [`${words["storage"]} ${storage}`]),
    ...(tariff === 0 ? [] : [`${words["tariff"]} ${tariff}`]),
    ...(subunit === 0 ? [] : [`${words["subunit"]} ${subunit}`]),
  ].join(", ");
}

function longest(name: string): string | undefined {
  for (let end = name.length; end > 0; end = name.lastIndexOf("-", end - 1)) {
    const quantity = name.slice(0, end);
    if (Object.hasOwn(quantities, quantity)) return quantity;
  }
  return undefined;
}

/** Word for word, the longest that is known first. */
function suffixWords(rest: string): string {
  const words: string[] = [];
  for (let left = rest; left !== "";) {
    const known = Object.keys(additions).find((word) => left === word || left.startsWith(`${word}-`));
    const word = known ?? left.split("-", 1)[0]!;
    words.push(additions[word] ?? word);
    left = left.slice(word.length + 1);
  }
  return words.join(" ");
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const plainText = "plain-text:";

const places: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    maximum: "maximum",
    minimum: "minimum",
    error: "in error",
    storage: "storage",
    tariff: "tariff",
    subunit: "subunit",
  },
  de: {
    maximum: "Maximum",
    minimum: "Minimum",
    error: "im Fehlerfall",
    storage: "Speicher",
    tariff: "Tarif",
    subunit: "Teilgerät",
  },
};

const quantities: Readonly<Record<string, string>> = {
  "access-number": "Zugriffsnummer",
  "actuality-duration": "Alter des Werts",
  "apparent-energy": "Scheinarbeit",
  "apparent-power": "Scheinleistung",
  "averaging-duration": "Mittelungsdauer",
  "battery-change": "Batteriewechsel",
  "battery-operating-time": "Betriebszeit der Batterie",
  "battery-remaining": "Restlaufzeit der Batterie",
  "baud-rate": "Baudrate",
  "bus-address": "Busadresse",
  "control-signal": "Steuersignal",
  "cumulation-counter": "Kumulierungszähler",
  "cumulative-maximum-power": "Kumulierte Höchstleistung",
  "customer-location": "Einbauort",
  "date-time": "Datum und Uhrzeit",
  "day-change": "Tageswechsel",
  "daylight-saving": "Sommerzeit",
  "device-type": "Geräteart",
  "digital-input": "Digitaler Eingang",
  "digital-output": "Digitaler Ausgang",
  "duration-since-cumulation": "Zeit seit der Kumulierung",
  "duration-since-readout": "Zeit seit der Auslesung",
  "enhanced-identification": "Erweiterte Kennung",
  "error-flags": "Fehlerbits",
  "error-mask": "Fehlermaske",
  "external-temperature": "Außentemperatur",
  "fabrication-number": "Fabriknummer",
  "firmware-version": "Firmware-Version",
  "flow-temperature": "Vorlauftemperatur",
  "hardware-version": "Hardware-Version",
  "listening-window": "Empfangsfenster",
  "manufacturer-code": "Herstellerkennung",
  "mass-flow": "Massendurchfluss",
  "model-version": "Modellversion",
  "on-time": "Einschaltdauer",
  "operating-time": "Betriebszeit",
  "operator-data": "Daten des Betreibers",
  "parameter-activation": "Parameteraktivierung",
  "parameter-set": "Parametersatz",
  "phase-angle-current": "Phasenwinkel des Stroms",
  "phase-angle-voltage": "Phasenwinkel der Spannung",
  "reactive-energy": "Blindarbeit",
  "reactive-power": "Blindleistung",
  "relative-humidity": "Relative Feuchte",
  "remote-control": "Fernsteuerung",
  "reset-counter": "Rücksetzzähler",
  "response-delay": "Antwortverzögerung",
  "return-temperature": "Rücklauftemperatur",
  "rf-level": "Empfangspegel",
  "security-key": "Schlüssel",
  "software-version": "Software-Version",
  "stop-counter": "Stoppzähler",
  "storage-interval": "Speicherintervall",
  "supplier-information": "Angaben des Lieferanten",
  "tariff-duration": "Tarifdauer",
  "tariff-period": "Tarifperiode",
  "tariff-start": "Tarifbeginn",
  "temperature-difference": "Temperaturdifferenz",
  "temperature-limit": "Temperaturgrenze",
  "transmission-period": "Sendeabstand",
  "volume-flow": "Durchfluss",
  "week-number": "Kalenderwoche",
  credit: "Guthaben",
  currency: "Währung",
  current: "Strom",
  customer: "Kunde",
  date: "Datum",
  debit: "Schuld",
  dimensionless: "Zahl",
  energy: "Energie",
  frequency: "Frequenz",
  hca: "Heizkostenverteiler",
  manufacturer: "Hersteller",
  mass: "Masse",
  password: "Passwort",
  power: "Leistung",
  pressure: "Druck",
  retries: "Wiederholungen",
  voltage: "Spannung",
  volume: "Volumen",
  weekday: "Wochentag",
};

/** Longer ones first where one begins another. */
const additions: Readonly<Record<string, string>> = {
  "during-exceeding-of-lower-limit": "während der Unterschreitung der unteren Grenze",
  "during-exceeding-of-upper-limit": "während der Überschreitung der oberen Grenze",
  "exceeding-of-lower-limit": "Unterschreitung der unteren Grenze",
  "exceeding-of-upper-limit": "Überschreitung der oberen Grenze",
  "exceedings-of-lower-limit": "Unterschreitungen der unteren Grenze",
  "exceedings-of-upper-limit": "Überschreitungen der oberen Grenze",
  "begin-of-first": "Beginn der ersten",
  "begin-of-last": "Beginn der letzten",
  "end-of-first": "Ende der ersten",
  "end-of-last": "Ende der letzten",
  "duration-of-first": "Dauer der ersten",
  "duration-of-last": "Dauer der letzten",
  "import-minus-export": "Bezug minus Lieferung",
  "base-conditions": "im Normzustand",
  "phase-1-to-2": "L1–L2",
  "phase-2-to-3": "L2–L3",
  "phase-3-to-1": "L3–L1",
  "phase-1": "L1",
  "phase-2": "L2",
  "phase-3": "L3",
  "quadrant-1": "Quadrant 1",
  "quadrant-2": "Quadrant 2",
  "quadrant-3": "Quadrant 3",
  "quadrant-4": "Quadrant 4",
  "lower-limit": "untere Grenze",
  "upper-limit": "obere Grenze",
  absolute: "absolut",
  average: "Mittelwert",
  backward: "rückwärts",
  forward: "vorwärts",
  future: "künftig",
  leakage: "Leckage",
  manufacturer: "Herstellercode",
  neutral: "Neutralleiter",
  overflow: "Überlauf",
  per: "je",
  times: "mal",
  uncorrected: "unkorrigiert",
  underflow: "Unterlauf",
};
