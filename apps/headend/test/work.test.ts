/** Admission and group commit: how much is taken at once, and that nobody waits for ever. */

import { afterEach, expect, test } from "vitest";

import { Admission } from "../src/core/admission.ts";
import { GroupCommit } from "../src/core/group-commit.ts";
import type { Batch, CommitResult } from "../src/core/ingest-store.ts";
import { delivery } from "./blocks.ts";

const flushed = (): Promise<void> => new Promise((done) => setImmediate(done));
let timers: { soon: (() => void)[]; later: (() => void)[] } = { soon: [], later: [] };
afterEach(() => {
  timers = { soon: [], later: [] };
});

function committer(commit: (batch: Batch) => Promise<readonly CommitResult[]>, atWork: () => number): GroupCommit {
  return new GroupCommit({
    store: { commit },
    clock: { nowMs: () => 42 },
    timers: {
      soon: (run) => void timers.soon.push(run),
      after: (_, run) => {
        timers.later.push(run);
        return () => void timers.later.splice(timers.later.indexOf(run), 1);
      },
    },
    atWork,
  });
}
const soon = async (): Promise<void> => {
  for (const run of timers.soon.splice(0)) run();
  await flushed();
};
const results = ({ deliveries, committedAtMs }: Batch): readonly CommitResult[] =>
  deliveries.map(({ gateway, gatewayKey, number, hash }) => ({
    is: "new",
    delivery: { gateway, gatewayKey, number, hash, committedAtMs, receipt: undefined },
    stored: [],
    quarantined: [],
  }));

test("so many are at work, so many wait, and the next is told to come back", async () => {
  // A flood would take all memory, or push out deliveries that were nearly done.
  const admission = new Admission({ atWork: 2, waiting: 1 });
  const open: (() => void)[] = [];
  const started: number[] = [];
  const run = (id: number) =>
    admission.run(() => {
      started.push(id);
      return new Promise<number>((done) => open.push(() => done(id)));
    });
  const answers = [run(1), run(2), run(3), run(4)];
  expect(await answers[3]).toBe("busy");
  expect([started, admission.atWork, admission.waiting]).toEqual([[1, 2], 2, 1]);
  open[0]?.();
  await flushed();
  expect(started).toEqual([1, 2, 3]);
  const idle = admission.idle();
  for (const finish of open) finish();
  expect(await Promise.all(answers)).toEqual([1, 2, 3, "busy"]);
  await idle;
  expect(admission.atWork).toBe(0);
});

test("work that fails gives its place back", async () => {
  // After as many failures as there are places, nothing would be taken any more.
  const admission = new Admission({ atWork: 1, waiting: 0 });
  await expect(admission.run(() => Promise.reject(new Error("no")))).rejects.toThrow();
  expect(await admission.run(() => Promise.resolve(1))).toBe(1);
});

test("who is alone is committed at once, who is not waits for the others a moment", async () => {
  // Each delivery would pay for its own flush, or a lone one wait without need.
  const batches: number[] = [];
  let atWork = 1;
  const commits = committer(
    (batch) => {
      batches.push(batch.deliveries.length);
      return Promise.resolve(results(batch));
    },
    () => atWork,
  );
  const lone = commits.add(delivery({ number: 1n, blocks: [] }));
  await soon();
  expect(await lone).toMatchObject({ is: "new", delivery: { committedAtMs: 42 } });
  atWork = 3;
  const two = [2n, 3n].map((number) => commits.add(delivery({ number, blocks: [] })));
  await soon();
  expect(batches).toEqual([1]);
  for (const run of timers.later) run(); // the third did not come in time
  await Promise.all(two);
  expect(batches).toEqual([1, 2]);
});

test("one bad delivery costs no other one", async () => {
  // A delivery that the store cannot take would be sent again and again, and stop everybody's.
  const commits = committer(
    (batch) => {
      if (batch.deliveries.some(({ number }) => number === 2n)) return Promise.reject(new Error("constraint"));
      return Promise.resolve(results(batch));
    },
    () => 3,
  );
  const three = [1n, 2n, 3n].map((number) => commits.add(delivery({ number, blocks: [] })));
  const settled = Promise.allSettled(three);
  await soon();
  expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("what comes during a commit is in the next one", async () => {
  // It would wait until somebody else comes by.
  let finish: (() => void) | undefined;
  const batches: number[] = [];
  const commits = committer(
    async (batch) => {
      batches.push(batch.deliveries.length + batch.receipts.length);
      await new Promise<void>((done) => (finish = done));
      return results(batch);
    },
    () => 1,
  );
  const first = commits.add(delivery({ number: 1n, blocks: [] }));
  await soon();
  const second = commits.add(delivery({ number: 2n, blocks: [] }));
  const receipt = commits.keep({ gateway: "g", number: 1n, receipt: new Uint8Array(1) });
  await soon();
  expect(batches).toEqual([1]);
  finish?.();
  await first;
  await flushed();
  await soon();
  finish?.();
  await Promise.all([second, receipt]);
  expect(batches).toEqual([1, 2]);
});
