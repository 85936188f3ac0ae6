/** A program of the field as a process that can be killed at any instant and started again. */

import { type ChildProcess, fork } from "node:child_process";
import type { CertificateRequests } from "@siegel/contract";
import { CertificationRequest, type LabPki, type LabRequest, VerifiedRequest } from "@siegel/pki";

export interface ProgramOptions<Ready> {
  readonly main: string;
  readonly config: string;
  readonly pki: LabPki;
  /** Folder in which Node keeps what it compiled: two hundred starts are most of the work. */
  readonly cache: string;
  readonly onReady: (message: Ready) => void;
}

export class KillableProgram<Ready extends { readonly type: "ready" }> {
  readonly #options: ProgramOptions<Ready>;
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  /** Last words of each life, for a failure's report. */
  readonly lastLines: string[] = [];
  /** Ends that we did not bring about. */
  readonly deaths: string[] = [];
  #isExpected = false;

  constructor(options: ProgramOptions<Ready>) {
    this.#options = options;
  }

  /** Starts it; resolves when it says that it is ready. Rejects when it ends before, unless it was killed. */
  start(): Promise<"ready" | "killed"> {
    const { main, config } = this.#options;
    const child = fork(main, ["--config", config], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: ["--no-warnings"],
      env: { ...process.env, NODE_COMPILE_CACHE: this.#options.cache },
    });
    this.#child = child;
    this.#isExpected = false;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.lastLines.push(...text.trim().split("\n"));
      this.lastLines.splice(0, this.lastLines.length - 20);
    });
    this.#gone = new Promise((resolve) => child.once("exit", () => resolve()));
    return new Promise((resolve, reject) => {
      child.on("message", (message: Ready | CertificateRequests | { type: "other" }) => {
        if (message.type === "requests") void this.#certify(child, message);
        if (message.type !== "ready") return;
        this.#options.onReady(message);
        resolve("ready");
      });
      child.once("exit", (code, signal) => {
        if (this.#isExpected) return resolve("killed");
        const death = `${main} ended with ${code ?? signal}: ${this.lastLines.slice(-3).join(" | ")}`;
        this.deaths.push(death);
        reject(new Error(death));
      });
    });
  }

  /** As a power cut: no word of warning. Resolves when nothing is left of it. */
  async kill(): Promise<void> {
    this.#isExpected = true;
    this.#child?.kill("SIGKILL");
    await this.#gone;
  }

  /** Asked to end, as Ctrl-C does. */
  async stop(): Promise<void> {
    this.#isExpected = true;
    this.#child?.kill("SIGTERM");
    await this.#gone;
  }

  async #certify(child: ChildProcess, { name, role, requests }: CertificateRequests): Promise<void> {
    const issue = async (purpose: LabRequest["purpose"]): Promise<Uint8Array> => {
      const request = await VerifiedRequest.verify(CertificationRequest.parse(requests[purpose]));
      const holder = name.slice(0, -role.length - 1);
      const { pki } = this.#options;
      return (await pki.issue({ role, name: holder, purpose, request, now: { epochMs: Date.now() } })).der;
    };
    const answer = { TLS: await issue("TLS"), SIG: await issue("SIG"), ENC: await issue("ENC") };
    if (child.connected) child.send({ type: "certificates", ...answer, chain: [this.#options.pki.subCa.der] });
  }
}
