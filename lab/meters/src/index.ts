/** Virtual meters: a household with a plausible load, a meter that counts it, and the meter on a line. */

export { D0Meter, type D0MeterOptions, type D0Mode } from "./d0/d0-meter.ts";
export { type RunningD0Meter, serveD0Meter, type ServeD0Options } from "./d0/serve.ts";
export {
  type Disturbance,
  type DisturbanceSchedule,
  type LastingDisturbance,
  listedDisturbances,
  type MomentaryDisturbance,
  seededDisturbances,
  undisturbed,
} from "./disturbances.ts";
export { EventLog, type EventName, eventNames, type MeterEvent } from "./events.ts";
export { Household, type HouseholdOptions, type Piece } from "./household/household.ts";
export { type Load, type PerPhase, type Phase, phases, totalMillivars, totalMilliwatts } from "./household/load.ts";
export { type Photovoltaics } from "./household/photovoltaics.ts";
export { type State } from "./household/state.ts";
export { LoadProfile, type ProfileEntry, type ProfileFlag } from "./load-profile.ts";
export { collided, MbusBus } from "./mbus/bus.ts";
export { type MbusIdentity, mbusIdentityOf, mbusKeyOf } from "./mbus/identity.ts";
export { type LabUtilityOptions, utilityMeter } from "./mbus/lab-utility.ts";
export { type Heard, Radio, type RadioFaults } from "./mbus/radio.ts";
export {
  radioAddressOf,
  RadioMeter,
  type RadioMeterOptions,
  type RadioProfile,
  radioProfiles,
} from "./mbus/radio-meter.ts";
export { RadioValve, type RadioValveOptions } from "./mbus/radio-valve.ts";
export { type RunningRadio, serveRadioMeters, type ServeRadioOptions } from "./mbus/serve-radio.ts";
export { type RunningBus, serveWiredMeters, type ServeWiredOptions } from "./mbus/serve-wired.ts";
export { wiredMeter } from "./mbus/wired-meter.ts";
export { ModelError, type ModelErrorCode, modelErrorCodes } from "./model-error.ts";
export { P1Port, type P1PortOptions } from "./p1/p1-port.ts";
export { type RunningP1Port, serveP1Port, type ServeP1Options } from "./p1/serve.ts";
export { Random } from "./random.ts";
export {
  readingOf,
  type RegisterName,
  registerNames,
  registerObis,
  Registers,
  type RegisterSnapshot,
  type Tariff,
} from "./registers.ts";
export { type Capture, type CaptureFile, captureOf } from "./sml/capture.ts";
export { type RunningReplay, serveReplay, type ServeReplayOptions } from "./sml/replay.ts";
export { type RunningMeter, serveSmlMeter, type ServeSmlOptions } from "./sml/serve.ts";
export { ServeError, type ServeErrorCode, serveErrorCodes } from "./sml/serve-error.ts";
export { SmlMeter, type SmlMeterOptions } from "./sml/sml-meter.ts";
export { realTime, type Ticker } from "./sml/ticker.ts";
export { type MeterFlags, statusBit, statusWord } from "./status-word.ts";
export { doubleTariff, singleTariff, type TariffClock } from "./tariffs.ts";
export type { Flow, FlowModel, FlowRun } from "./utility/flow.ts";
export { gasModel, heatModel, type HeatingOptions } from "./utility/heating.ts";
export { type DueValue, type UtilityCounters, type UtilityKind, UtilityMeter } from "./utility/utility-meter.ts";
export { waterModel, type WaterOptions } from "./utility/water.ts";
export { VirtualMeter, type VirtualMeterOptions, type VirtualMeterSnapshot } from "./virtual-meter.ts";
