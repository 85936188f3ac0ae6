/**
 * Units of measurement: the DLMS table, the decimal multiples that meters write though the table has no code, and the few
 * units of M-Bus that DLMS does not have.
 *
 * Not here: the scaler. A kWh register with a DLMS code is Wh with scaler 3; a text that says kWh keeps its kWh.
 * Source: IEC 62056-6-2 (Blue Book), table "Enumerated values for physical units"; the same codes stand in SML.
 */

export interface Unit {
  /** Unique in the table: `Wh`, `m3`, `°C`. */
  readonly symbol: string;
  /** DLMS code; absent for a multiple that DLMS writes with a scaler, and for a unit that DLMS does not have. */
  readonly code?: number;
  readonly quantity: string;
  readonly name: { readonly en: string; readonly de: string };
  /** For a multiple: this unit is 10^exponent of the unit with that symbol. */
  readonly multipleOf?: { readonly symbol: string; readonly exponent: number };
}

/** The unit of a DLMS code; `undefined` for 0, 255 (no unit, a count) and codes that are not in the table. */
export function unitOfCode(code: number): Unit | undefined {
  return byCode[code];
}

/** DLMS code of a symbol; `undefined` when DLMS has none for it (kWh, GJ …) or it is unknown. */
export function codeOfUnit(symbol: string): number | undefined {
  return bySymbol.get(symbol)?.code;
}

/**
 * The unit of a symbol. The ways in which meters and people write a unit are understood, too: `m³`, `KWH`, `kvarh`,
 * `degC`, `Ohm`. Upper and lower case are told apart only where they must be (`MWh`, `mW`).
 */
export function unitOfSymbol(symbol: string): Unit | undefined {
  return bySymbol.get(symbol) ?? bySymbol.get(spelled.get(symbol) ?? spelled.get(symbol.toUpperCase()) ?? "");
}

/** Every unit known here. */
export function allUnits(): readonly Unit[] {
  return table;
}

function dlms(code: number, symbol: string, quantity: string, en: string, de: string): Unit {
  return Object.freeze({ symbol, code, quantity, name: Object.freeze({ en, de }) });
}

function multiple(symbol: string, exponent: number, base: string, quantity: string, en: string, de: string): Unit {
  const multipleOf = Object.freeze({ symbol: base, exponent });
  return Object.freeze({ symbol, quantity, name: Object.freeze({ en, de }), multipleOf });
}

/** A unit that DLMS does not know and that is no decimal multiple of one it knows. */
function own(symbol: string, quantity: string, en: string, de: string): Unit {
  return Object.freeze({ symbol, quantity, name: Object.freeze({ en, de }) });
}

const table: readonly Unit[] = [
  dlms(1, "a", "time", "year", "Jahr"),
  dlms(2, "mo", "time", "month", "Monat"),
  dlms(3, "wk", "time", "week", "Woche"),
  dlms(4, "d", "time", "day", "Tag"),
  dlms(5, "h", "time", "hour", "Stunde"),
  dlms(6, "min", "time", "minute", "Minute"),
  dlms(7, "s", "time", "second", "Sekunde"),
  dlms(8, "°", "phase angle", "degree", "Grad"),
  dlms(9, "°C", "temperature", "degree Celsius", "Grad Celsius"),
  dlms(10, "currency", "currency", "local currency", "Landeswährung"),
  dlms(11, "m", "length", "metre", "Meter"),
  dlms(12, "m/s", "speed", "metre per second", "Meter pro Sekunde"),
  dlms(13, "m3", "volume", "cubic metre", "Kubikmeter"),
  // The table writes m³ for measured and corrected volume alike; a symbol here means one thing, so N stands for corrected.
  dlms(14, "Nm3", "corrected volume", "cubic metre, corrected", "Normkubikmeter"),
  dlms(15, "m3/h", "volume flow", "cubic metre per hour", "Kubikmeter pro Stunde"),
  dlms(16, "Nm3/h", "corrected volume flow", "cubic metre per hour, corrected", "Normkubikmeter pro Stunde"),
  dlms(17, "m3/d", "volume flow", "cubic metre per day", "Kubikmeter pro Tag"),
  dlms(18, "Nm3/d", "corrected volume flow", "cubic metre per day, corrected", "Normkubikmeter pro Tag"),
  dlms(19, "l", "volume", "litre", "Liter"),
  dlms(20, "kg", "mass", "kilogram", "Kilogramm"),
  dlms(21, "N", "force", "newton", "Newton"),
  dlms(22, "Nm", "energy", "newton metre", "Newtonmeter"),
  dlms(23, "Pa", "pressure", "pascal", "Pascal"),
  dlms(24, "bar", "pressure", "bar", "Bar"),
  dlms(25, "J", "energy", "joule", "Joule"),
  dlms(26, "J/h", "thermal power", "joule per hour", "Joule pro Stunde"),
  dlms(27, "W", "active power", "watt", "Watt"),
  dlms(28, "VA", "apparent power", "volt-ampere", "Voltampere"),
  dlms(29, "var", "reactive power", "var", "Var"),
  dlms(30, "Wh", "active energy", "watt-hour", "Wattstunde"),
  dlms(31, "VAh", "apparent energy", "volt-ampere-hour", "Voltamperestunde"),
  dlms(32, "varh", "reactive energy", "var-hour", "Varstunde"),
  dlms(33, "A", "current", "ampere", "Ampere"),
  dlms(34, "C", "electrical charge", "coulomb", "Coulomb"),
  dlms(35, "V", "voltage", "volt", "Volt"),
  dlms(36, "V/m", "electric field strength", "volt per metre", "Volt pro Meter"),
  dlms(37, "F", "capacitance", "farad", "Farad"),
  dlms(38, "Ω", "resistance", "ohm", "Ohm"),
  dlms(39, "Ωm2/m", "resistivity", "ohm square metre per metre", "Ohmquadratmeter pro Meter"),
  dlms(40, "Wb", "magnetic flux", "weber", "Weber"),
  dlms(41, "T", "magnetic flux density", "tesla", "Tesla"),
  dlms(42, "A/m", "magnetic field strength", "ampere per metre", "Ampere pro Meter"),
  dlms(43, "H", "inductance", "henry", "Henry"),
  dlms(44, "Hz", "frequency", "hertz", "Hertz"),
  dlms(45, "1/Wh", "active energy meter constant", "pulses per watt-hour", "Impulse pro Wattstunde"),
  dlms(46, "1/varh", "reactive energy meter constant", "pulses per var-hour", "Impulse pro Varstunde"),
  dlms(47, "1/VAh", "apparent energy meter constant", "pulses per volt-ampere-hour", "Impulse pro Voltamperestunde"),
  dlms(48, "V2h", "squared voltage over time", "volt-squared hour", "Voltquadratstunde"),
  dlms(49, "A2h", "squared current over time", "ampere-squared hour", "Amperequadratstunde"),
  dlms(50, "kg/s", "mass flow", "kilogram per second", "Kilogramm pro Sekunde"),
  dlms(51, "S", "conductance", "siemens", "Siemens"),
  dlms(52, "K", "temperature", "kelvin", "Kelvin"),
  dlms(53, "1/V2h", "squared voltage meter constant", "pulses per volt-squared hour", "Impulse pro Voltquadratstunde"),
  dlms(
    54,
    "1/A2h",
    "squared current meter constant",
    "pulses per ampere-squared hour",
    "Impulse pro Amperequadratstunde",
  ),
  dlms(55, "1/m3", "volume meter constant", "pulses per cubic metre", "Impulse pro Kubikmeter"),
  dlms(56, "%", "ratio", "per cent", "Prozent"),
  dlms(57, "Ah", "electrical charge", "ampere-hour", "Amperestunde"),
  dlms(60, "Wh/m3", "energy per volume", "watt-hour per cubic metre", "Wattstunde pro Kubikmeter"),
  dlms(61, "J/m3", "calorific value", "joule per cubic metre", "Joule pro Kubikmeter"),
  dlms(62, "mol%", "molar fraction", "mole per cent", "Molprozent"),
  dlms(63, "g/m3", "mass density", "gram per cubic metre", "Gramm pro Kubikmeter"),
  dlms(64, "Pa s", "dynamic viscosity", "pascal second", "Pascalsekunde"),
  dlms(65, "J/kg", "specific energy", "joule per kilogram", "Joule pro Kilogramm"),
  dlms(66, "g/cm2", "pressure", "gram per square centimetre", "Gramm pro Quadratzentimeter"),
  dlms(67, "atm", "pressure", "atmosphere", "Atmosphäre"),
  dlms(70, "dBm", "signal strength", "decibel above one milliwatt", "Dezibel über einem Milliwatt"),
  dlms(71, "dBµV", "signal strength", "decibel above one microvolt", "Dezibel über einem Mikrovolt"),
  dlms(72, "dB", "ratio", "decibel", "Dezibel"),

  // Day blocks write these by symbol: none may go, change its symbol or get a code.
  multiple("mWh", -3, "Wh", "active energy", "milliwatt-hour", "Milliwattstunde"),
  multiple("kWh", 3, "Wh", "active energy", "kilowatt-hour", "Kilowattstunde"),
  multiple("MWh", 6, "Wh", "active energy", "megawatt-hour", "Megawattstunde"),
  multiple("GWh", 9, "Wh", "active energy", "gigawatt-hour", "Gigawattstunde"),
  multiple("kvarh", 3, "varh", "reactive energy", "kilovar-hour", "Kilovarstunde"),
  multiple("Mvarh", 6, "varh", "reactive energy", "megavar-hour", "Megavarstunde"),
  multiple("kVAh", 3, "VAh", "apparent energy", "kilovolt-ampere-hour", "Kilovoltamperestunde"),
  multiple("MVAh", 6, "VAh", "apparent energy", "megavolt-ampere-hour", "Megavoltamperestunde"),
  multiple("mW", -3, "W", "active power", "milliwatt", "Milliwatt"),
  multiple("kW", 3, "W", "active power", "kilowatt", "Kilowatt"),
  multiple("MW", 6, "W", "active power", "megawatt", "Megawatt"),
  multiple("kvar", 3, "var", "reactive power", "kilovar", "Kilovar"),
  multiple("Mvar", 6, "var", "reactive power", "megavar", "Megavar"),
  multiple("kVA", 3, "VA", "apparent power", "kilovolt-ampere", "Kilovoltampere"),
  multiple("MVA", 6, "VA", "apparent power", "megavolt-ampere", "Megavoltampere"),
  multiple("mV", -3, "V", "voltage", "millivolt", "Millivolt"),
  multiple("kV", 3, "V", "voltage", "kilovolt", "Kilovolt"),
  multiple("mA", -3, "A", "current", "milliampere", "Milliampere"),
  multiple("kA", 3, "A", "current", "kiloampere", "Kiloampere"),
  multiple("kJ", 3, "J", "energy", "kilojoule", "Kilojoule"),
  multiple("MJ", 6, "J", "energy", "megajoule", "Megajoule"),
  multiple("GJ", 9, "J", "energy", "gigajoule", "Gigajoule"),
  multiple("kJ/h", 3, "J/h", "thermal power", "kilojoule per hour", "Kilojoule pro Stunde"),
  multiple("MJ/h", 6, "J/h", "thermal power", "megajoule per hour", "Megajoule pro Stunde"),
  multiple("GJ/h", 9, "J/h", "thermal power", "gigajoule per hour", "Gigajoule pro Stunde"),
  multiple("ml", -3, "l", "volume", "millilitre", "Milliliter"),
  multiple("l/h", -3, "m3/h", "volume flow", "litre per hour", "Liter pro Stunde"),
  multiple("t", 3, "kg", "mass", "tonne", "Tonne"),
  multiple("mbar", -3, "bar", "pressure", "millibar", "Millibar"),
  multiple("hPa", 2, "Pa", "pressure", "hectopascal", "Hektopascal"),
  multiple("ms", -3, "s", "time", "millisecond", "Millisekunde"),
  // M-Bus has codes for these.
  own("cal", "energy", "calorie", "Kalorie"),
  own("kg/h", "mass flow", "kilogram per hour", "Kilogramm pro Stunde"),
  own("ft3", "volume", "cubic foot", "Kubikfuß"),
  own("gal", "volume", "US gallon", "US-Gallone"),
  own("gal/min", "volume flow", "US gallon per minute", "US-Gallone pro Minute"),
  own("gal/h", "volume flow", "US gallon per hour", "US-Gallone pro Stunde"),
  own("°F", "temperature", "degree Fahrenheit", "Grad Fahrenheit"),
  own("Bd", "symbol rate", "baud", "Baud"),
  own("bit-times", "time", "bit time", "Bitzeit"),
];

const byCode: readonly (Unit | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  table.find((unit) => unit.code === code),
);
const bySymbol: ReadonlyMap<string, Unit> = new Map(table.map((unit) => [unit.symbol, unit]));

/** Other spellings, exact or in upper case. `MW` and `mW`, `MJ`, `S` and `s` are exact in the table and stay apart. */
const spelled: ReadonlyMap<string, string> = new Map([
  ...["Wh", "kWh", "GWh", "varh", "kvarh", "VAh", "kVAh", "W", "kW", "var", "kvar", "VA", "kVA", "V", "kV", "A"].map(
    (symbol) => [symbol.toUpperCase(), symbol] as const,
  ),
  ...["Hz", "kJ", "GJ", "bar", "min", "l", "m3", "m3/h", "m3/d", "l/h", "Nm3", "Nm3/h"].map(
    (symbol) => [symbol.toUpperCase(), symbol] as const,
  ),
  ["MWH", "MWh"],
  ["m³", "m3"],
  ["M³", "m3"],
  ["m^3", "m3"],
  ["M^3", "m3"],
  ["m³/h", "m3/h"],
  ["M³/H", "m3/h"],
  ["m3ph", "m3/h"],
  ["LTR", "l"],
  ["DEG", "°"],
  ["DEGC", "°C"],
  ["°C", "°C"],
  ["CEL", "°C"],
  ["OHM", "Ω"],
  ["SEC", "s"],
  ["HR", "h"],
]);
