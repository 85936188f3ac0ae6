/** Asking and answering: request files, response files, and what became of each request. */

import { fromHex, toHex } from "@siegel/wire";
import { expect, test } from "vitest";
import {
  abortOnError,
  answerFile,
  decodeFile,
  encodeFile,
  outcomesOf,
  type Refusal,
  RequestFile,
  type SmlDevice,
  SmlFramer,
  type SmlMessage,
} from "../src/index.ts";
import { energy, list, serverId } from "./build.ts";

const asker = { clientId: fromHex("c1"), reqFileId: fromHex("f1"), serverId };

/** A device that knows one list and one password. */
function device(overrides: Partial<SmlDevice> = {}): SmlDevice {
  return {
    serverId,
    now: () => ({ kind: "secIndex", value: 7 }),
    mayAsk: () => true,
    list: (name) => (name === undefined ? list([energy(42, 4)]) : "unknown-designation"),
    profileList: () => "profile-has-no-entry",
    profilePack: () => "busy",
    parameter: (path) => ({ parameterName: path[0] ?? new Uint8Array(0) }),
    setParameter: () => "accepted",
    ...overrides,
  };
}

/** Over the line and back: encoded, framed, decoded. */
function dialogue(request: RequestFile, asked: SmlDevice = device()) {
  const [frame] = new SmlFramer().push(request.toBytes());
  if (frame?.kind !== "file") throw new Error("a request is a whole file");
  const answers = answerFile(decodeFile(frame.payload, { strict: true }), asked);
  return { answers, outcomes: outcomesOf(request.messages(), decodeFile(encodeFile(answers), { strict: true })) };
}

test("each request gets its own outcome, in the order asked", () => {
  // An answer given to the wrong question is a wrong reading.
  const request = new RequestFile(asker)
    .getList()
    .getList(fromHex("0100620affff"))
    .getProfileList({ path: [fromHex("8181c78610ff")] })
    .getProfilePack({ path: [fromHex("8181c78610ff")] })
    .getProcParameter([fromHex("0100600100ff")])
    .setProcParameter([fromHex("0100600100ff")], { parameterName: fromHex("01") });
  const { outcomes } = dialogue(request);
  expect(
    outcomes.map((outcome) =>
      "attention" in outcome ? `${outcome.result} ${outcome.attention.code}` : outcome.result,
    ),
  ).toEqual([
    "answered",
    "refused unknown-designation",
    "refused profile-has-no-entry",
    "refused busy",
    "answered",
    "acknowledged accepted",
  ]);
});

test("a list comes back as the device gave it, with the asker's id", () => {
  // The client id tells the asker that the answer is his.
  const [outcome] = dialogue(new RequestFile(asker).getList()).outcomes;
  if (outcome?.result !== "answered" || outcome.answers[0]?.kind !== "GetListResponse")
    throw new Error("a list was asked for");
  expect(toHex(outcome.answers[0].value.clientId ?? new Uint8Array(0))).toBe("c1");
  expect(outcome.answers[0].value.valList[0]?.value).toEqual({ type: "unsigned", byteLength: 4, value: 42 });
});

test("a late answer to another file answers nothing", () => {
  // After a time-out the old answer may still come; its numbers are those of the new request.
  const late = answerFile(
    decodeFile(encodeFile(new RequestFile({ ...asker, reqFileId: fromHex("f0") }).getList().messages())),
    device(),
  );
  const now = new RequestFile(asker).getList();
  expect(outcomesOf(now.messages(), decodeFile(encodeFile(late))).map(({ result }) => result)).toEqual(["unanswered"]);
});

test("a device refuses what is for another one", () => {
  // On a bus all devices hear all requests.
  const { outcomes } = dialogue(new RequestFile({ ...asker, serverId: fromHex("0a01000000000000ffff") }).getList());
  expect(outcomes).toMatchObject([{ result: "refused", attention: { code: "server-id-not-available" } }]);
});

test("a device refuses whom it does not know, before it looks anything up", () => {
  // The check of user and password comes first; a device that answers and then checks has told already.
  let looked = 0;
  const guarded = device({
    mayAsk: (kind, { password }) => kind !== "SetProcParameterRequest" || toHex(password ?? new Uint8Array(0)) === "5e",
    setParameter: (): Refusal => (looked++, "ok"),
  });
  const change = (password?: Uint8Array) =>
    dialogue(
      new RequestFile({ ...asker, password }).setProcParameter([fromHex("01")], { parameterName: fromHex("01") }),
      guarded,
    ).outcomes;
  expect(change()).toMatchObject([{ result: "refused", attention: { code: "wrong-user-or-password" } }]);
  expect(change(fromHex("5f"))).toMatchObject([{ result: "refused" }]);
  expect(looked).toBe(0);
  expect(change(fromHex("5e"))).toMatchObject([{ result: "acknowledged" }]);
  expect(looked).toBe(1);
});

test("a file without close is answered and told so", () => {
  // The asker may have been cut off in the middle of his requests.
  const messages = new RequestFile(asker).getList().messages().slice(0, -1);
  const answers = answerFile(decodeFile(encodeFile(messages)), device());
  expect(answers.map(({ body }) => body.kind)).toEqual([
    "PublicOpenResponse",
    "GetListResponse",
    "AttentionResponse",
    "PublicCloseResponse",
  ]);
});

test("a file without open is not answered: nobody could tell what the answer belongs to", () => {
  // Answers without a request file id would be taken for others.
  expect(answerFile(decodeFile(encodeFile(new RequestFile(asker).getList().messages().slice(1))), device())).toEqual(
    [],
  );
});

const answered = (kinds: readonly SmlMessage[]) =>
  kinds.map(({ body }) => body.kind).filter((kind) => !kind.startsWith("Public"));

test.each([
  ["go on", abortOnError.goOn, 4],
  ["skip to the next group", abortOnError.skipToNextGroup, 3],
  ["finish the group, then stop", abortOnError.finishGroup, 2],
  ["stop at once", abortOnError.stop, 1],
])("after a failure: %s", (_, onError, count) => {
  // A sequence of settings that goes on after its first step failed can leave a device half set.
  const [opening, failing, ...others] = new RequestFile(asker)
    .getList(fromHex("ff"))
    .getList()
    .getList()
    .getList()
    .messages();
  const closing = others.pop();
  const grouped = [
    opening!,
    { ...failing!, groupNo: 1, abortOnError: onError },
    ...others.map((message, index) => ({ ...message, groupNo: index === 0 ? 1 : 2 })),
    closing!,
  ];
  const answers = answerFile(decodeFile(encodeFile(grouped)), device());
  expect(answered(answers)).toHaveLength(count);
  expect(answers.at(-1)?.body.kind).toBe("PublicCloseResponse");
});

test("an unknown request is refused by name, not ignored", () => {
  // Silence makes the asker wait for his time-out.
  const messages = new RequestFile(asker).getList().messages();
  const strange = {
    ...messages[1]!,
    body: { kind: "UnknownBody", tag: 0x0b00, value: { type: "list", value: [] } },
  } as const;
  const response = { ...messages[1]!, body: { kind: "GetListResponse", value: list([]) } } as const;
  const answers = answerFile(decodeFile(encodeFile([messages[0]!, strange, response, messages[2]!])), device());
  const codes = answers.flatMap(({ body }) =>
    body.kind === "AttentionResponse" ? [toHex(body.value.attentionNo)] : [],
  );
  expect(codes).toEqual(["8181c7c7fe01", "8181c7c7fe0d"]);
});
