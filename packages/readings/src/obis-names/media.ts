/**
 * What groups A, C and D mean for the other media, as tables.
 * Source: IEC 62056-6-1, value group A; EN 13757-1, codes of heat cost allocators, thermal energy, gas and water.
 */

import { type Words, words } from "./words.ts";

/** Group A. */
export const media: Readonly<Record<number, Words>> = {
  0: words("General", "Allgemein"),
  1: words("Electricity", "Strom"),
  4: words("Heat cost allocator", "Heizkostenverteiler"),
  5: words("Cooling", "Kälte"),
  6: words("Heat", "Wärme"),
  7: words("Gas", "Gas"),
  8: words("Cold water", "Kaltwasser"),
  9: words("Hot water", "Warmwasser"),
  15: words("Other medium", "Anderes Medium"),
};

const thermal: Readonly<Record<number, Words>> = {
  1: words("Energy", "Energie"),
  2: words("Volume", "Volumen"),
  3: words("Mass", "Masse"),
  4: words("Volume in the flow", "Volumen im Vorlauf"),
  5: words("Mass in the flow", "Masse im Vorlauf"),
  6: words("Volume in the return", "Volumen im Rücklauf"),
  7: words("Mass in the return", "Masse im Rücklauf"),
  8: words("Power", "Leistung"),
  9: words("Flow rate", "Durchfluss"),
  10: words("Flow temperature", "Vorlauftemperatur"),
  11: words("Return temperature", "Rücklauftemperatur"),
  12: words("Temperature difference", "Temperaturdifferenz"),
  13: words("Pressure of the medium", "Druck des Mediums"),
};

const water: Readonly<Record<number, Words>> = {
  1: words("Volume", "Volumen"),
  2: words("Flow rate", "Durchfluss"),
  3: words("Temperature", "Temperatur"),
};

/** Group C by medium. Names of gas carry the direction; `kindsOfGas` says at which conditions. */
export const quantitiesOfMedium: Readonly<Record<number, Readonly<Record<number, Words>>>> = {
  4: {
    1: words("Unrated units", "Unbewertete Einheiten"),
    2: words("Rated units", "Bewertete Einheiten"),
    3: words("Temperature of the radiator surface", "Temperatur der Heizkörperoberfläche"),
    4: words("Temperature of the heating medium", "Temperatur des Heizmediums"),
    5: words("Flow temperature", "Vorlauftemperatur"),
    6: words("Return temperature", "Rücklauftemperatur"),
    7: words("Room temperature", "Raumtemperatur"),
  },
  5: thermal,
  6: thermal,
  7: {
    1: words("Volume, forward undisturbed", "Volumen vorwärts ungestört"),
    2: words("Volume, forward disturbed", "Volumen vorwärts gestört"),
    3: words("Volume", "Volumen"),
    4: words("Volume, reverse undisturbed", "Volumen rückwärts ungestört"),
    5: words("Volume, reverse disturbed", "Volumen rückwärts gestört"),
    6: words("Volume, reverse", "Volumen rückwärts"),
    11: words("Volume of the converter, forward undisturbed", "Volumen des Umwerters vorwärts ungestört"),
    12: words("Volume of the converter, forward disturbed", "Volumen des Umwerters vorwärts gestört"),
    13: words("Volume of the converter", "Volumen des Umwerters"),
    41: words("Temperature", "Temperatur"),
    42: words("Pressure", "Druck"),
    43: words("Flow rate", "Durchfluss"),
    51: words("Correction factor", "Korrekturfaktor"),
    52: words("Conversion factor", "Umwertungsfaktor"),
    53: words("Compressibility factor", "Kompressibilitätszahl"),
    54: words("Calorific value", "Brennwert"),
  },
  8: water,
  9: water,
};

/** Group D of heat cost allocators, heat, cooling and water. An empty text needs no word. */
export const kindsOfMedia: Readonly<Record<number, Words>> = {
  0: words("", ""),
  1: words("periodical value", "Periodenwert"),
  2: words("at the set date", "zum Stichtag"),
  3: words("at the billing date", "zum Abrechnungstag"),
  4: words("minimum", "Minimum"),
  5: words("maximum", "Maximum"),
  6: words("test value", "Prüfwert"),
};

/** Group D of gas volumes. */
export const kindsOfGas: Readonly<Record<number, Words>> = {
  0: words("", ""),
  1: words("corrected", "korrigiert"),
  2: words("at base conditions", "im Normzustand"),
};
