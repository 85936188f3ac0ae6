import { expect, test } from "vitest";
import { ScaledValue } from "./scaled-value.ts";
import { allUnits, codeOfUnit, unitOfCode, unitOfSymbol } from "./unit.ts";

test.each([
  [4, "d"],
  [5, "h"],
  [6, "min"],
  [7, "s"],
  [8, "°"],
  [9, "°C"],
  [13, "m3"],
  [15, "m3/h"],
  [19, "l"],
  [25, "J"],
  [27, "W"],
  [28, "VA"],
  [29, "var"],
  [30, "Wh"],
  [31, "VAh"],
  [32, "varh"],
  [33, "A"],
  [35, "V"],
  [38, "Ω"],
  [44, "Hz"],
  [52, "K"],
])("DLMS code %i means %s", (code, symbol) => {
  // A wrong row of the table mislabels every meter that uses it.
  expect(unitOfCode(code)?.symbol).toBe(symbol);
  expect(codeOfUnit(symbol)).toBe(code);
});

test("codes that mean no unit have none", () => {
  // Else a count would be shown in some unit.
  for (const code of [0, 255, 254, 58, 128, -1, 1000, 1.5]) expect(unitOfCode(code)).toBeUndefined();
});

test("every symbol and every code stands once", () => {
  // Else a stored unit comes back as another one.
  const units = allUnits();
  expect(new Set(units.map((unit) => unit.symbol)).size).toBe(units.length);
  const codes = units.flatMap((unit) => unit.code ?? []);
  expect(new Set(codes).size).toBe(codes.length);
  for (const unit of units) expect(unitOfSymbol(unit.symbol)).toBe(unit);
});

test("a multiple says exactly what it is a multiple of", () => {
  // A wrong exponent is a bill that is wrong by a factor of thousand.
  for (const unit of allUnits()) {
    if (unit.multipleOf === undefined) continue;
    expect(unit.code).toBeUndefined();
    expect(unitOfSymbol(unit.multipleOf.symbol)?.code).toBeDefined();
  }
  const { multipleOf } = unitOfSymbol("kWh")!;
  expect(ScaledValue.parse("1.5").timesPowerOfTen(multipleOf!.exponent).equals(ScaledValue.of(1500))).toBe(true);
  const exponents = ["mW", "kW", "MW", "kWh", "MWh", "GJ", "l/h"].map(
    (symbol) => unitOfSymbol(symbol)?.multipleOf?.exponent,
  );
  expect(exponents).toEqual([-3, 3, 6, 3, 6, 9, -3]);
});

test("units without a code keep their symbols", () => {
  // Stored blocks name these units by symbol; without the symbol an old block cannot be read any more. May only grow.
  const symbols = allUnits().flatMap(({ code, symbol }) => (code === undefined ? symbol : []));
  expect(symbols.join(" ")).toBe(
    "mWh kWh MWh GWh kvarh Mvarh kVAh MVAh mW kW MW kvar Mvar kVA MVA mV kV mA kA kJ MJ GJ kJ/h MJ/h GJ/h ml l/h t mbar hPa ms " +
      "cal kg/h ft3 gal gal/min gal/h °F Bd bit-times",
  );
});

test.each([
  ["KWH", "kWh"],
  ["m³", "m3"],
  ["M3", "m3"],
  ["kVArh", "kvarh"],
  ["degC", "°C"],
  ["Ohm", "Ω"],
  ["HZ", "Hz"],
])("%s on the wire is %s", (written, symbol) => {
  // Meters do not agree on spelling; the value must not lose its unit for it.
  expect(unitOfSymbol(written)?.symbol).toBe(symbol);
});

test("units that differ only in case are told apart", () => {
  // A milliwatt is no megawatt.
  expect(unitOfSymbol("MW")?.name.en).toBe("megawatt");
  expect(unitOfSymbol("mW")?.name.en).toBe("milliwatt");
  expect(unitOfSymbol("s")?.code).toBe(7);
  expect(unitOfSymbol("S")?.code).toBe(51);
  expect(unitOfSymbol("")).toBeUndefined();
  expect(unitOfSymbol("constructor")).toBeUndefined();
});
