/** `siegel meter serve mbus|wmbus`: virtual meters of M-Bus, on a wire that is asked and on the air that is listened to. */

import { radioProfiles, serveRadioMeters, serveWiredMeters } from "@siegel/lab-meters";
import { radioMeterId } from "@siegel/lab-meters/radio-street";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Context } from "../context.ts";
import { exitCode, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { ended, portNumber, positive, startError, wholeNumber } from "./serving.ts";

interface BusFlags {
  readonly port: number;
  readonly seed: number;
  readonly meters?: readonly Kind[];
  readonly echo?: true;
  readonly json?: true;
}

interface RadioFlags {
  readonly port: number;
  readonly seed: number;
  readonly meters?: readonly Kind[];
  readonly profile?: (typeof radioProfiles)[number];
  readonly interval?: number;
  readonly valve?: "B" | "D";
  readonly output: "hex" | "hex-format-a" | "rtl-wmbus" | "im871a";
  readonly loss: number;
  readonly repeat: number;
  readonly damage: number;
  readonly delay: number;
  readonly keys: boolean;
  readonly json?: true;
}

type Kind = (typeof kinds)[number];

export function busCommand({ terminal, finish }: Context): Command {
  return new Command("mbus")
    .summary("meters on a wired M-Bus, behind a converter on a TCP port")
    .description(
      "Heat, water and gas meters on one wired M-Bus (EN 13757-2, -3), each with a primary address from 1 on and a\n" +
        "secondary one. They answer when they are asked, and collide when several are.",
    )
    .option("--port <number>", "TCP port on 127.0.0.1; 0 takes a free one", portNumber, 0)
    .option("--meters <kinds>", "which ones, in the order of their addresses (default: heat,water)", kindList)
    .option("--echo", "send the master's own bytes back first, as many converters do")
    .option("--seed <number>", "consumption and numbers follow from it", wholeNumber, 1)
    .option("--json", "print where they can be read as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  siegel meter serve mbus --port 7264
  siegel meter serve mbus --meters heat,water,gas --echo

They are read by any M-Bus master over TCP, such as libmbus. Exit codes: 0 ended by Ctrl-C, 1 the port cannot be had.`,
    )
    .action(async (flags: BusFlags) => finish(await serveBus(flags, terminal)));
}

export function radioCommand({ terminal, finish }: Context): Command {
  return new Command("wmbus")
    .summary("meters that broadcast by wireless M-Bus, heard by a receiver on a TCP port")
    .description(
      "Gas, water and heat meters that send by themselves (EN 13757-4, OMS), as a receiver prints what it hears: one line a\n" +
        "telegram. Unless told: gas in profile B, water in profile A, heat in profile D. The air may lose, repeat, spoil and\n" +
        "reorder, all from the seed.",
    )
    .option("--port <number>", "TCP port on 127.0.0.1; 0 takes a free one", portNumber, 0)
    .option("--meters <kinds>", "which ones: of gas, water and heat", kindList)
    .addOption(
      new Option("--profile <name>", "how all of them protect themselves: walk-by not at all").choices(radioProfiles),
    )
    .option("--interval <seconds>", "between telegrams of a meter; 16 s or 15 minutes unless told", positive)
    .addOption(new Option("--valve <profile>", "a valve besides, that takes commands as hex lines").choices(["B", "D"]))
    .addOption(
      new Option("--output <form>", "how the receiver speaks")
        .choices(["hex", "hex-format-a", "rtl-wmbus", "im871a"])
        .default("hex"),
    )
    .option("--loss <share>", "telegrams that nobody hears, 0 to 1", share, 0)
    .option("--repeat <share>", "telegrams that are heard twice", share, 0)
    .option("--damage <share>", "telegrams with a wrong bit", share, 0)
    .option("--delay <ms>", "longest delay on the way, which changes the order", wholeNumber, 0)
    .option("--seed <number>", "consumption, numbers and keys follow from it", wholeNumber, 1)
    .option("--no-keys", "do not print their keys")
    .option("--json", "print where they can be read, and their keys, as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  siegel meter serve wmbus --port 7265 --interval 5 &
  siegel read tcp://127.0.0.1:7265 --protocol wmbus --keys keys.json
  siegel meter serve wmbus --meters water,water --profile compact --loss 0.2 --repeat 0.1

The keys that it prints are those of a lab and protect nothing. Exit codes: 0 ended by Ctrl-C, 1 the port cannot be had.`,
    )
    .action(async (flags: RadioFlags) => finish(await serveRadio(flags, terminal)));
}

async function serveBus(flags: BusFlags, terminal: Terminal): Promise<ExitCode> {
  const { port, seed, meters: wanted, echo = false } = flags;
  const bus = await serveWiredMeters({ port, seed, kinds: wanted, echo }).catch((error: unknown) => {
    throw startError(error);
  });
  const { address } = bus;
  const meters = bus.meters.map(({ kind, primaryAddress, identity }) => ({ kind, primaryAddress, id: identity.id }));
  if (flags.json === true) terminal.out(`${JSON.stringify({ meters, address })}\n`);
  else {
    for (const { kind, primaryAddress, id } of meters) terminal.out(`${kind} meter ${id}, address ${primaryAddress}\n`);
    terminal.out(`  a master reads them at tcp://${address.host}:${address.port}\nCtrl-C ends it.\n`);
  }
  await ended(terminal);
  await bus.close();
  return exitCode.ok;
}

async function serveRadio(flags: RadioFlags, terminal: Terminal): Promise<ExitCode> {
  const { port, seed, interval, valve, output, loss, repeat, damage, delay: delayMs } = flags;
  const chosen = flags.meters === undefined && flags.profile === undefined ? undefined : metersOf(flags);
  const radio = await serveRadioMeters({
    port,
    seed,
    meters: chosen,
    valve,
    intervalSeconds: interval,
    output,
    faults: { loss, repeat, damage, delayMs },
  }).catch((error: unknown) => {
    throw startError(error);
  });
  const { address } = radio;
  const meters = radio.meters.map(({ kind, identity, key }) => ({
    kind,
    id: radioMeterId(identity).id,
    ...(flags.keys ? { key } : {}),
  }));
  if (flags.json === true) terminal.out(`${JSON.stringify({ meters, address })}\n`);
  else {
    for (const { kind, id, key } of meters)
      terminal.out(`${kind} meter ${id}${key === undefined ? "" : `, key ${key}`}\n`);
    if (flags.keys) {
      const all = Object.fromEntries(meters.map(({ id, key }) => [id, key]));
      terminal.out(`\nTheir keys as a file for --keys:\n${JSON.stringify(all, undefined, 2)}\n`);
    }
    terminal.out(
      `  siegel read tcp://${address.host}:${address.port} --protocol wmbus --keys keys.json\nCtrl-C ends it.\n`,
    );
  }
  await ended(terminal);
  await radio.close();
  return exitCode.ok;
}

function metersOf({ meters = ["gas", "water", "heat"], profile = "B" }: RadioFlags) {
  return meters.map((kind) => ({ kind, profile }));
}

function kindList(text: string): readonly Kind[] {
  const named = text.split(",").map((kind) => kinds.find((known) => known === kind));
  if (named.length > maxMeters) throw new InvalidArgumentError(`at most ${maxMeters} meters`);
  return named.map((kind) => {
    if (kind === undefined) throw new InvalidArgumentError(`it takes a list of ${kinds.join(", ")}`);
    return kind;
  });
}

function share(text: string): number {
  const value = /^(0|1|0?\.\d{1,6}|1\.0+)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError("it takes a share from 0 to 1, as 0.2");
  return value;
}

const kinds = ["gas", "water", "heat"] as const;
/** As many as a wired bus has addresses. */
const maxMeters = 250;
