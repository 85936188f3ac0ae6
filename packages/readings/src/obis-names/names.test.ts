import fc from "fast-check";
import { expect, test } from "vitest";
import { ObisCode } from "../obis.ts";
import { groupsOfObis, nameOfObis } from "./names.ts";
import { particular } from "./particular.ts";

test.each([
  ["1-0:1.8.0*255", "Active energy import", "Wirkenergie Bezug"],
  ["1-0:1.8.1*255", "Active energy import, tariff 1", "Wirkenergie Bezug, Tarif 1"],
  ["1-0:2.8.0*255", "Active energy export", "Wirkenergie Lieferung"],
  ["1-0:2.8.2*255", "Active energy export, tariff 2", "Wirkenergie Lieferung, Tarif 2"],
  ["1-0:1.8.0*1", "Active energy import, stored value 1", "Wirkenergie Bezug, Vorwert 1"],
  ["1-0:1.17.0*255", "Active energy import, time integral 7", "Wirkenergie Bezug, Zeitintegral 7"],
  ["1-0:1.6.0*255", "Active power import, maximum", "Wirkleistung Bezug, Maximum"],
  ["1-0:15.7.0*255", "Active power, import plus export", "Wirkleistung, Summe der Beträge"],
  ["1-0:16.7.0*255", "Active power, import minus export", "Wirkleistung, Bezug minus Lieferung"],
  ["1-0:36.7.0*255", "Active power L1, import minus export", "Wirkleistung L1, Bezug minus Lieferung"],
  ["1-0:56.7.0*255", "Active power L2, import minus export", "Wirkleistung L2, Bezug minus Lieferung"],
  ["1-0:76.7.0*255", "Active power L3, import minus export", "Wirkleistung L3, Bezug minus Lieferung"],
  ["1-0:21.7.0*255", "Active power import L1", "Wirkleistung Bezug L1"],
  ["1-0:3.8.0*255", "Reactive energy import", "Blindenergie Bezug"],
  ["1-0:5.8.0*255", "Reactive energy quadrant I", "Blindenergie Quadrant I"],
  ["1-0:9.7.0*255", "Apparent power import", "Scheinleistung Bezug"],
  ["1-0:32.7.0*255", "Voltage L1", "Spannung L1"],
  ["1-0:52.32.0*255", "Voltage L2, number of sags", "Spannung L2, Anzahl Einbrüche"],
  ["1-0:72.36.0*255", "Voltage L3, number of swells", "Spannung L3, Anzahl Überhöhungen"],
  ["1-0:32.7.5*255", "Voltage L1, harmonic 5", "Spannung L1, 5. Harmonische"],
  ["1-0:31.7.0*255", "Current L1", "Strom L1"],
  ["1-0:33.7.0*255", "Power factor L1", "Leistungsfaktor L1"],
  ["1-0:14.7.0*255", "Frequency", "Frequenz"],
  ["1-0:81.7.1*255", "Phase angle U(L2) to U(L1)", "Phasenwinkel U(L2) zu U(L1)"],
  ["1-0:81.7.2*255", "Phase angle U(L3) to U(L1)", "Phasenwinkel U(L3) zu U(L1)"],
  ["1-0:81.7.4*255", "Phase angle I(L1) to U(L1)", "Phasenwinkel I(L1) zu U(L1)"],
  ["1-0:81.7.15*255", "Phase angle I(L2) to U(L2)", "Phasenwinkel I(L2) zu U(L2)"],
  ["1-0:81.7.26*255", "Phase angle I(L3) to U(L3)", "Phasenwinkel I(L3) zu U(L3)"],
  ["1-0:96.50.1*1", "Manufacturer", "Hersteller"],
  ["129-129:199.130.3*255", "Manufacturer (older code)", "Hersteller (alte Kennzahl)"],
  ["129-129:199.130.5*255", "Public key of the meter", "Öffentlicher Schlüssel des Zählers"],
  ["1-0:98.10.255*255", "List of current values", "Liste der aktuellen Werte"],
  ["1-0:0.0.9*255", "Server id of the meter", "Server-ID des Zählers"],
  ["1-0:96.1.0*255", "Device id", "Gerätekennung"],
  ["0-0:96.1.1*255", "Device id 2", "Gerätekennung 2"],
  ["0-0:96.1.255*255", "Device id", "Gerätekennung"],
  ["1-3:0.2.8*255", "Version of the P1 port", "Version der P1-Schnittstelle"],
  ["1-0:0.2.1*255", "Number of the parameter set", "Nummer des Parametersatzes"],
  ["0-0:0.2.1*255", "Version of the firmware", "Version der Firmware"],
  ["1-0:0.8.0*255", "Measurement period", "Messperiode"],
  ["1-0:0.8.6*255", "Billing period", "Abrechnungsperiode"],
  ["0-0:96.9.2*255", "Relative humidity", "Relative Luftfeuchte"],
  ["0-0:96.1.10*255", "Metering point id", "Zählpunktbezeichnung"],
  ["0-0:97.98.20*255", "Alarm descriptor", "Alarmbeschreibung"],
  ["1-0:0.1.2*3", "Time of the last reset, stored value 3", "Zeitpunkt der letzten Rückstellung, Vorwert 3"],
  [
    "1-0:1.6.0*101",
    "Active power import, maximum, stored value, last billing period",
    "Wirkleistung Bezug, Maximum, Vorwert, letzte Abrechnungsperiode",
  ],
  ["0-1:24.2.1*255", "Reading of the M-Bus device, channel 1", "Stand des M-Bus-Geräts, Kanal 1"],
  ["129-130:129.84.1*255", "Contract id", "Vertrags-ID"],
  ["129-0:96.8.0*1", "Seconds index", "Sekundenindex"],
  ["1-0:1.8.0*128", "Active energy import at the start of the session", "Wirkenergie Bezug zu Beginn des Vorgangs"],
  ["1-0:97.97.0*255", "Error register", "Fehlerregister"],
  [
    "4-0:3.0.0*255",
    "Heat cost allocator: Temperature of the radiator surface",
    "Heizkostenverteiler: Temperatur der Heizkörperoberfläche",
  ],
  ["4-0:7.0.0*255", "Heat cost allocator: Room temperature", "Heizkostenverteiler: Raumtemperatur"],
  ["1-0:81.7.26*255", "Phase angle I(L3) to U(L3)", "Phasenwinkel I(L3) zu U(L3)"],
  ["7-0:3.0.0*255", "Gas: Volume", "Gas: Volumen"],
  ["7-0:3.2.0*255", "Gas: Volume, at base conditions", "Gas: Volumen, im Normzustand"],
  ["8-0:1.0.0*255", "Cold water: Volume", "Kaltwasser: Volumen"],
  ["9-0:1.0.0*255", "Hot water: Volume", "Warmwasser: Volumen"],
  ["6-0:1.0.0*255", "Heat: Energy", "Wärme: Energie"],
  ["6-0:8.0.0*255", "Heat: Power", "Wärme: Leistung"],
  [
    "4-0:1.2.0*255",
    "Heat cost allocator: Unrated units, at the set date",
    "Heizkostenverteiler: Unbewertete Einheiten, zum Stichtag",
  ],
])("%s is called %s", (code, en, de) => {
  // Import called export, or L1 called L2, misleads whoever reads the display.
  expect([nameOfObis(ObisCode.parse(code), "en"), nameOfObis(ObisCode.parse(code), "de")]).toEqual([en, de]);
});

test.each([
  ["1-0:96.50.2*4", "Electricity: maker-specific value, C 96, D 50, E 2, stored value 4"],
  ["0-175:115.118.114*255", "General: maker-specific value, C 115, D 118, E 114, maker's channel 175"],
  ["1-0:1.17.0*200", "Active energy import, time integral 7, maker's period 200"],
  ["1-0:240.7.0*255", "Electricity: maker-specific value, C 240, D 7, E 0"],
  ["1-0:210.7.0*255", "Electricity: value without a known name, C 210, D 7, E 0"],
  ["1-0:95.7.0*255", "Electricity: value without a known name, C 95, D 7, E 0"],
  ["12-3:45.6.7*255", "A 12: value without a known name, C 45, D 6, E 7, channel 3"],
  ["1-0:81.7.39*255", "Electricity: value without a known name, C 81, D 7, E 39"],
])("%s is described, not guessed", (code, text) => {
  // A made-up name for a maker's value is worse than none.
  expect(nameOfObis(ObisCode.parse(code))).toBe(text);
});

test("each group says what it means by itself", () => {
  // Who looks deeper finds the standard's groups.
  const meanings = groupsOfObis(ObisCode.parse("1-0:36.7.0"), "en").map(
    ({ group, code, meaning }) => `${group} ${code} ${meaning}`,
  );
  expect(meanings).toEqual([
    "A 1 Electricity",
    "B 0 no channel",
    "C 36 Active power L1, import minus export",
    "D 7 momentary value",
    "E 0 total",
    "F 255 current value",
  ]);
});

test("every code has a name and meanings in both languages", () => {
  // A stranger chooses the codes; none may leave a hole on the display.
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 6, maxLength: 6 }),
      fc.constantFrom("en" as const, "de" as const),
      (octets, language) => {
        const code = ObisCode.of(octets);
        expect(nameOfObis(code, language)).toMatch(/^\S.*\S$/);
        expect(nameOfObis(code, language)).not.toContain("undefined");
        for (const { meaning } of groupsOfObis(code, language)) expect(meaning).toMatch(/^(?!.*undefined)./);
      },
    ),
    { numRuns: 2000 },
  );
});

test("every particular code is reachable", () => {
  // A pattern behind a wider one would never be used.
  for (const [pattern, name] of particular) {
    const code = ObisCode.parse(pattern.replace(/^x-x/, "0-0").replace("-x:", "-0:").replaceAll("x", "77"));
    expect(nameOfObis(code, "en")).toMatch(new RegExp(`^${name.en.replace(/ ?\{.*/, "").replace(/[()]/g, "\\$&")}`));
  }
});
