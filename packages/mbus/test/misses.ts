/**
 * Numbers that others read in the telegrams beside the checkout and we do not: where, which, and why.
 *
 * A golden list that may only shrink. A line is named by its driver or file, never by its octets.
 */

export interface Miss {
  /** Driver, or the file it comes from. */
  readonly line: string;
  readonly names: RegExp;
  readonly count: number;
  readonly reason: string;
}

const noValue = "80… marks that there is no value: the other program computes with it, here it is invalid";
const noDigit = "digits above 9 are a blank or an error on the meter's display: the other program computes with them";
const label = "the unit in the other program's list lacks its kilo or mega";

export const misses: readonly Miss[] = [
  { line: "c5isf", names: /^prev_\d+_month_kwh$/, count: 13, reason: noValue },
  { line: "emerlin868", names: /^target_m3$/, count: 1, reason: noValue },
  { line: "qheatv2", names: /^energy_delta_/, count: 11, reason: noValue },
  { line: "qwaterv2", names: /^volume_delta_2_m3$/, count: 1, reason: noValue },
  {
    line: "qwaterv2",
    names: /^volume_flow_m3h$/,
    count: 3,
    reason: "VIFE 56 makes it the hours that the flow was below its limit, not a flow",
  },
  { line: "qwater", names: /^volume_flow_m3h$/, count: 2, reason: "as above" },
  {
    line: "em24",
    names: /^total_reactive_energy/,
    count: 2,
    reason: "VIFE 75 means a tenth: the other program leaves it out",
  },
  { line: "em24", names: /^total_apparent_energy/, count: 4, reason: "computed by the other program, not sent" },
  {
    line: "fhkvdataiv",
    names: /^consumption_at_set_date_1_hca$/,
    count: 1,
    reason: "an increment of a profile: here the reading that it makes",
  },
  { line: "iem3000", names: /^operating_time_y$/, count: 2, reason: "seconds, called years" },
  {
    line: "supercom587",
    names: /^total_m3$/,
    count: 1,
    reason: "the expectation is that of another telegram (5.648, 6.548)",
  },
  { line: "ELS_Elster-F96-Plus.hex", names: /./, count: 2, reason: noDigit },
  { line: "SEN_Pollustat.hex", names: /./, count: 2, reason: noDigit },
  { line: "abb_f95.hex", names: /./, count: 2, reason: noDigit },
  { line: "landis+gyr_ultraheat_t230.hex", names: /./, count: 2, reason: "dates of maxima, read as temperatures" },
  { line: "engelmann_sensostar2c.hex", names: /./, count: 1, reason: "a volume per pulse, read as a volume" },
  { line: "manual_frame2.hex", names: /./, count: 1, reason: "the other program does not know the unit" },
  {
    line: "test_vectors.json",
    names: /^(m\^3|W|K)$/,
    count: 4,
    reason: "digits in another order, and no sign, of one telegram; of W in another one the kilo lacks",
  },
  { line: "test_vectors.json", names: /^(Wh|kJ)$/, count: 5, reason: label },
  {
    line: "hydrocalm4",
    names: /^power_kw$/,
    count: 1,
    reason: "VIF 30 is 1 J/h: 10 J/h are 2.8 mW, not 2.8 W",
  },
  { line: "hydrodigit", names: /^battery_percent_/, count: 2, reason: "the list of contents, read as a charge" },
];
