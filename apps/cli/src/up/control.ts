/**
 * How another command on this machine asks a running `siegel up` for a fresh one-time link.
 *
 * A socket in the data folder, which only its owner may enter; one question and one answer a connection, each a JSON line.
 * A path that is too long for a socket has it in a private folder of its own below the temporary one; `running.json` says where.
 */

import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { writeWhole } from "@siegel/channel";
import { CommandError, exitCode } from "../exit.ts";
import type { DataFolder } from "./data-folder.ts";

export type LinkAnswer = { readonly url: string } | { readonly problem: string };

export class ControlSocket {
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  readonly #leavings: readonly string[];

  private constructor(server: Server, leavings: readonly string[]) {
    this.#server = server;
    this.#leavings = leavings;
  }

  /** @param link  The answer for a person by his id; for the first one when none is named. */
  static async open(
    folder: DataFolder,
    link: (person: string | undefined) => Promise<LinkAnswer>,
  ): Promise<ControlSocket> {
    const inFolder = folder.at("control.sock");
    const path =
      Buffer.byteLength(inFolder) <= maxPathBytes ? inFolder : join(mkdtempSync(join(tmpdir(), "siegel-")), "s");
    rmSync(path, { force: true }); // we hold the folder's lock: whose it was is gone
    const server = createServer({ allowHalfOpen: true }); // who has asked is done, and waits for the answer
    const socket = new ControlSocket(server, [
      path,
      ...(path === inFolder ? [] : [dirname(path)]),
      folder.at(runningFile),
    ]);
    server.on("connection", (client) => socket.#take(client, link));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, () => resolve());
    });
    chmodSync(path, 0o600);
    writeWhole(folder.at(runningFile), `${JSON.stringify({ pid: process.pid, control: path })}\n`);
    return socket;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const path of this.#leavings) rmSync(path, { recursive: true, force: true });
  }

  #take(client: Socket, link: (person: string | undefined) => Promise<LinkAnswer>): void {
    this.#clients.add(client);
    client.on("close", () => this.#clients.delete(client));
    client.on("error", () => client.destroy()); // the asker went away
    client.setTimeout(timeoutMs, () => client.destroy());
    let text = "";
    client.setEncoding("utf8");
    client.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > maxLineLength) client.destroy();
      if (client.destroyed || !text.includes("\n")) return;
      client.removeAllListeners("data").resume();
      const person = personIn(text);
      const answer = person === false ? Promise.resolve({ problem: "this is no question" }) : link(person);
      void answer.then((value) => client.end(`${JSON.stringify(value)}\n`));
    });
  }
}

/**
 * Asks the `up` that runs on this folder.
 *
 * @throws {CommandError} When none does, or it has no link for this person.
 */
export async function askForLink(folder: string, person: string | undefined): Promise<string> {
  const control = controlPathOf(folder);
  const client = connect(control);
  client.setTimeout(timeoutMs, () => client.destroy());
  client.end(`${JSON.stringify({ ask: "link", ...(person === undefined ? {} : { person }) })}\n`);
  let said = "";
  try {
    for await (const line of createInterface({ input: client })) said ||= line;
  } catch (cause) {
    throw notRunning(folder, cause);
  }
  const answer: unknown = said === "" ? undefined : JSON.parse(said);
  if (typeof answer !== "object" || answer === null) throw notRunning(folder);
  if ("url" in answer && typeof answer.url === "string") return answer.url;
  const problem = "problem" in answer && typeof answer.problem === "string" ? answer.problem : "no answer";
  throw new CommandError(exitCode.failed, problem);
}

function controlPathOf(folder: string): string {
  try {
    const running: unknown = JSON.parse(readFileSync(join(folder, runningFile), "utf8"));
    if (typeof running === "object" && running !== null && "control" in running) return String(running.control);
  } catch (cause) {
    throw notRunning(folder, cause);
  }
  throw notRunning(folder);
}

function notRunning(folder: string, cause?: unknown): CommandError {
  return new CommandError(
    exitCode.failed,
    `no siegel up runs on ${folder}; start one with siegel up --data ${folder}`,
    {
      cause,
    },
  );
}

/** The person asked for; `false` when it is no question of ours. */
function personIn(text: string): string | undefined | false {
  try {
    const question: unknown = JSON.parse(text);
    if (typeof question !== "object" || question === null || !("ask" in question) || question.ask !== "link")
      return false;
    return "person" in question && typeof question.person === "string" ? question.person : undefined;
  } catch {
    return false; // no JSON
  }
}

const runningFile = "running.json";
/** A socket's address holds 108 octets on Linux, 104 elsewhere. */
const maxPathBytes = 100;
const maxLineLength = 1_000;
const timeoutMs = 10_000;
