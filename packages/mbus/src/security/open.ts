/**
 * A telegram from the radio, opened: layer after layer, with everything that makes it worth believing.
 *
 * In: a plain frame (../framing/wireless), and what time it is.  Out: its content in clear with what protected which octets, or
 * a verdict why not, or word that it is a fragment and the rest is awaited.
 * Not here: records (../records), full frames for compact ones (./format-cache.ts, ../stream.ts).
 * The order: the meter's floor first, from headers alone; then the MAC; only then decryption; the counter last, stored before
 * anything is given out. A frame that fails changes nothing but the fragments under way.
 * Two ways to use it. A "gateway" refuses whatever a meter in order would not send. "read" is for a person who looks at his
 * own capture: it shows clear text for clear text and warns, and keeps nobody out.
 */

import { CipherError, desCbcOpenLegacy, equalSecrets, shortCcmOpen, type ShortKey } from "@siegel/crypto";
import { type Instant, type Trust, trustLevels } from "@siegel/readings";
import { DecodeError } from "@siegel/wire";
import type { MeterAddress } from "../framing/wireless/address.ts";
import { type LinkHeader, linkHeaderBytes, linkHeaderOf } from "../framing/wireless/link.ts";
import { type Afl, aflAt, aflCi, macBytesOf, macPrefix } from "../messages/afl.ts";
import { ciMeaning } from "../messages/ci.ts";
import { type Ell, ellAt, isEll, payloadCrcHolds } from "../messages/ell.ts";
import { Reassembly, type ReassemblyLimits, type ReassemblyRefusal } from "../messages/reassembly.ts";
import { type Tpl, tplAt } from "../messages/tpl.ts";
import type { Protection } from "../meaning/telegram.ts";
import { type Direction, type MessageKeys, messageKeys } from "./kdf.ts";
import { Keyring, type KnownMeter, type MeterKey } from "./keyring.ts";
import { ellCounterBlock, mode10Nonce, mode5Vector } from "./modes.ts";
import { isAboveFloor, type PolicyFloor } from "./policy.ts";
import type { CounterSlot, ReplayGuard } from "./replay.ts";
import { looksLikeRecords, looksPlain } from "./structure.ts";
import type { OpenWarning, RefusalCode } from "./verdict.ts";

export interface OpenerOptions {
  readonly keyring?: Keyring | undefined;
  /** "read" unless told. */
  readonly use?: "read" | "gateway" | undefined;
  /** For meters without a floor of their own; a gateway's is "encrypted" unless told. */
  readonly floor?: PolicyFloor | undefined;
  /** Counters are checked where there is one. */
  readonly replay?: ReplayGuard | undefined;
  readonly reassembly?: ReassemblyLimits | undefined;
}

/** What was opened. Octets are views of the frame, or fresh. */
export interface OpenedTelegram {
  readonly is: "opened";
  readonly link: LinkHeader;
  readonly ell: Ell | undefined;
  readonly afl: Afl | undefined;
  /** Absent for frames of the link alone. */
  readonly tpl: Tpl | undefined;
  /** Whose message it is: of the transport header, else of the extended link layer, else of the link. */
  readonly meter: MeterAddress;
  readonly known: KnownMeter | undefined;
  /** Records, or what else the CI says, without padding octets being taken out. */
  readonly content: Uint8Array;
  readonly protections: readonly Protection[];
  /** Of MAC or tag that was verified. */
  readonly tagBytes: number | undefined;
  /** The counter that was verified with it. */
  readonly counter: number | undefined;
  /** Of the key that opened or verified it. */
  readonly keyVersion: number | undefined;
  readonly warnings: readonly OpenWarning[];
}

export interface RefusedTelegram {
  readonly is: "refused";
  readonly verdict: RefusalCode;
  /** As far as it was read. */
  readonly link: LinkHeader | undefined;
  readonly meter: MeterAddress | undefined;
  /** The security mode, once a header said it. */
  readonly mode: number | undefined;
  /** Present for "truncated" and "malformed". */
  readonly error?: DecodeError;
}

export type Opening = OpenedTelegram | RefusedTelegram | { readonly is: "pending"; readonly meter: MeterAddress };

/** Thrown and caught in this file only. */
class Refused {
  readonly verdict: RefusalCode;

  constructor(verdict: RefusalCode) {
    this.verdict = verdict;
  }
}

/** A telegram on its way through the layers. */
interface Draft {
  link: LinkHeader;
  ell: Ell | undefined;
  afl: Afl | undefined;
  tpl: Tpl | undefined;
  meter: MeterAddress;
  known: KnownMeter | undefined;
  octets: Uint8Array;
  at: number;
  /** What protects everything from `at` on, whatever layers below add. */
  base: Trust;
  tagBytes: number | undefined;
  counter: number | undefined;
  key: MeterKey | undefined;
  warnings: OpenWarning[];
}

export class TelegramOpener {
  readonly #keyring: Keyring;
  readonly #isGateway: boolean;
  readonly #floor: PolicyFloor;
  readonly #replay: ReplayGuard | undefined;
  readonly #reassembly: Reassembly;

  constructor(options: OpenerOptions = {}) {
    this.#keyring = options.keyring ?? new Keyring();
    this.#isGateway = options.use === "gateway";
    this.#floor = options.floor ?? { minimum: this.#isGateway ? "encrypted" : "clear" };
    this.#replay = options.replay;
    this.#reassembly = new Reassembly(options.reassembly);
  }

  /** Octets kept for messages in fragments. */
  get pendingBytes(): number {
    return this.#reassembly.pendingBytes;
  }

  /** Whether this meter's floor allows clear text: for what comes in a form that has no headers to judge. */
  takesClear(address: MeterAddress): boolean {
    return this.takes(address, "clear");
  }

  /** Whether this meter's floor allows what is protected no better than this. */
  takes(address: MeterAddress, trust: Trust): boolean {
    const known = this.#keyring.find(address);
    // Who gave a gateway this meter's key expects it to be used, whatever is the rule for meters without one.
    const isKeyed = known?.floor === undefined && this.#isGateway && (known?.keys.length ?? 0) > 0;
    const { minimum } = known?.floor ?? this.#floor;
    const least = isKeyed && minimum === "clear" ? "encrypted" : minimum;
    return trustLevels.indexOf(trust) >= trustLevels.indexOf(least);
  }

  /** The meter's AES keys, for makers that encrypt in a place of their own. A gateway's are never those that everybody knows. */
  keysOf(address: MeterAddress): readonly ShortKey[] {
    return this.#keyring
      .candidates(this.#keyring.find(address), undefined)
      .flatMap(({ aes, isPublished }) => (aes === undefined || (isPublished && this.#isGateway) ? [] : aes));
  }

  /** @param frame  Plain: `L C M2 A6 …` without checksums. */
  open(frame: Uint8Array, now: Instant): Opening {
    return this.#guarded(() => start(frame), now);
  }

  /**
   * The same for a message that came over the wire.
   *
   * @param link    Its C field, and whose it is: the long header says it, else whoever knows the bus.
   * @param octets  From CI on.
   */
  openMessage(link: LinkHeader, octets: Uint8Array, now: Instant): Opening {
    return this.#guarded(() => draftOf(link, octets, 0), now);
  }

  #guarded(begin: () => Draft, now: Instant): Opening {
    let draft: Draft | undefined;
    try {
      draft = begin();
      return this.#layers(draft, now);
    } catch (error) {
      const seen = {
        link: draft?.link,
        meter: draft?.meter,
        mode: draft?.tpl?.configuration?.mode,
      };
      if (error instanceof Refused) return { is: "refused", verdict: error.verdict, ...seen };
      if (!(error instanceof DecodeError)) throw error;
      const verdict = error.code === "truncated" || error.code === "wrong-length" ? "truncated" : "malformed";
      return { is: "refused", verdict, ...seen, error };
    }
  }

  #layers(draft: Draft, now: Instant): Opening {
    draft.known = this.#keyring.find(draft.meter);
    if (draft.octets.length === draft.at) return this.#finish(draft, new Uint8Array(), []);
    if (isEll(draft.octets[draft.at]!)) this.#extendedLink(draft);
    // The network layer: one octet behind its CI, as the one public telegram with it shows.
    if (draft.octets[draft.at] === 0x81) draft.at += 2;
    if (ciMeaning(draft.octets[draft.at] ?? 0, "wireless")?.kind === "ell") throw new Refused("unsupported-layer");
    if (draft.octets[draft.at] === aflCi && this.#authentication(draft, now) === "pending") {
      return { is: "pending", meter: draft.meter };
    }
    const tpl = tplAt(draft.octets, draft.at);
    draft.tpl = tpl;
    if (tpl.address !== undefined) {
      draft.meter = tpl.address;
      draft.known = this.#keyring.find(tpl.address);
    }
    if (tpl.toMeter && this.#isGateway) throw new Refused("wrong-direction");
    return this.#content(draft, tpl);
  }

  #extendedLink(draft: Draft): void {
    const ell = ellAt(draft.octets, draft.at);
    draft.ell = ell;
    draft.at += ell.byteLength;
    if (ell.address !== undefined) {
      draft.meter = ell.address;
      draft.known = this.#keyring.find(ell.address) ?? draft.known;
    }
    if (ell.session === undefined) return;
    const payload = draft.octets.subarray(draft.at);
    if (payload.length < 3) throw new DecodeError("truncated", { path: "ELL", offset: draft.octets.length });
    if (ell.encryption > 1) throw new Refused("unsupported-mode");
    if (ell.encryption === 0) {
      if (!payloadCrcHolds(payload)) throw new Refused("bad-payload-crc");
      draft.at += 2;
      return;
    }
    const opened = this.#openExtendedLink(draft, ell, ell.session, payload);
    draft.octets = opened;
    draft.at = 2;
  }

  #openExtendedLink(draft: Draft, ell: Ell, session: number, payload: Uint8Array): Uint8Array {
    const block = ellCounterBlock(draft.link.address, ell.communicationControl, session);
    const keys = this.#keyring.candidates(draft.known, undefined);
    for (const key of keys) {
      const opened = key.aes?.ctr(block, payload);
      if (opened === undefined || !payloadCrcHolds(opened)) continue;
      this.#use(draft, key);
      draft.base = "encrypted";
      draft.counter = session;
      return opened;
    }
    if (!payloadCrcHolds(payload)) throw new Refused(keys.length === 0 ? "no-key" : "wrong-key");
    this.#alreadyPlain(draft);
    return payload;
  }

  /** AFL: the fragment's place in its message, or the whole message. */
  #authentication(draft: Draft, now: Instant): "pending" | "whole" {
    const under = this.#reassembly.messageControlOf(draft.meter);
    const afl = aflAt(draft.octets, draft.at, under === undefined ? undefined : macBytesOf(under));
    draft.at += afl.byteLength;
    draft.afl = afl;
    const part = draft.octets.subarray(draft.at);
    if (afl.fragment === 0) {
      if (afl.moreFragments) throw new DecodeError("out-of-range", { path: "AFL.FCL", offset: draft.at });
      if (afl.messageLength !== undefined && afl.messageLength !== part.length) {
        throw new DecodeError("wrong-length", { path: "AFL.ML", offset: draft.at });
      }
      return "whole";
    }
    // A stranger is given no memory.
    if (this.#isGateway && draft.known === undefined) throw new Refused("no-key");
    const taken = this.#reassembly.take(draft.meter, afl, part, now);
    if (taken.is === "pending") return "pending";
    if (taken.is === "refused") throw new Refused(verdictOf[taken.why]);
    draft.afl = taken.afl;
    draft.octets = taken.octets;
    draft.at = 0;
    return "whole";
  }

  #content(draft: Draft, tpl: Tpl): Opening {
    const mode = tpl.configuration?.mode ?? 0;
    const body = draft.octets.subarray(draft.at + tpl.byteLength);
    const named = tpl.configuration?.keyVersion ?? keyVersionOf(draft.afl);
    const sealed = { draft, tpl, body, named, mode };
    switch (mode) {
      case 0:
        return this.#open(sealed, 0, () => body);
      case 2:
        return this.#open(sealed, tpl.configuration!.encryptedBytes, (key) => this.#des(key, sealed));
      case 5:
        return this.#open(sealed, tpl.configuration!.encryptedBytes, (key) => cbc(key, sealed, undefined));
      case 7:
        return this.#open(sealed, tpl.configuration!.encryptedBytes, (key, keys) => cbc(key, sealed, keys));
      case 10:
        return this.#openCcm(sealed);
      default:
        throw new Refused("unsupported-mode");
    }
  }

  /** Modes with a cipher without tag, and a MAC around it or none. */
  #open(sealed: Sealed, encrypted: number | "all", decrypt: Decrypt): Opening {
    const { draft, tpl, body } = sealed;
    const mac = draft.afl?.mac;
    const encryptedBytes = encrypted === "all" ? body.length : encrypted;
    if (encryptedBytes > body.length)
      throw new DecodeError("truncated", { path: "content", offset: draft.octets.length });
    const macTrust: Trust | undefined = mac === undefined ? undefined : mac.length < 4 ? "encrypted" : "authenticated";
    const isDes = sealed.mode === 2;
    const protections = protectionsOf(body.length, encryptedBytes, draft.base, isDes ? "clear" : "encrypted", macTrust);
    this.#checkFloor(draft, tpl, protections, mac?.length);
    if (encryptedBytes === 0 && mac === undefined) return this.#finish(draft, body, protections);

    const keys = this.#keyring
      .candidates(draft.known, sealed.named)
      .filter((key) => (key.aes ?? key.des) !== undefined);
    const direction = directionOf(tpl);
    const counter = tpl.configuration?.counter ?? draft.afl?.counter;
    if ((mac !== undefined || sealed.mode === 7) && counter === undefined) {
      throw new DecodeError("wrong-type", { path: "AFL.MCR", offset: draft.at });
    }
    let withoutCheck: { content: Uint8Array; key: MeterKey } | undefined;
    for (const key of keys) {
      const derived =
        counter === undefined || key.aes === undefined
          ? undefined
          : messageKeys(key.aes, { direction, counter, identification: draft.meter.identification });
      if (mac !== undefined) {
        if (derived === undefined || !macHolds(derived, draft)) continue;
      }
      const content = encryptedBytes === 0 ? body : decrypt(key, derived);
      if (content === undefined) continue;
      const hasCheck = encryptedBytes === 0 || (content[0] === 0x2f && content[1] === 0x2f);
      if (!hasCheck) {
        if (mac !== undefined || looksLikeRecords(content)) withoutCheck ??= { content, key };
        continue;
      }
      return this.#opened(draft, key, content, protections, { direction, counter, tagBytes: mac?.length });
    }
    // DES came before the check octets; its records are worth clear text anyway.
    if (withoutCheck !== undefined && isDes) {
      return this.#opened(draft, withoutCheck.key, withoutCheck.content, protections, {
        direction,
        counter,
        tagBytes: mac?.length,
      });
    }
    if (withoutCheck !== undefined) throw new Refused("bad-check-bytes");
    if (encryptedBytes > 0 && looksPlain(body)) {
      this.#alreadyPlain(draft);
      return this.#finish(draft, body, lowered(protections));
    }
    if (keys.length === 0) {
      // A MAC that nobody can check adds nothing to clear text; a person may look at it.
      if (encryptedBytes > 0 || this.#isGateway || this.#floorOf(draft).minimum !== "clear")
        throw new Refused("no-key");
      return this.#finish(draft, body, lowered(protections));
    }
    throw new Refused(mac === undefined ? "wrong-key" : "mac-mismatch");
  }

  #des(key: MeterKey, { draft, body, tpl }: Sealed): Uint8Array | undefined {
    const length = Number(tpl.configuration!.encryptedBytes);
    if (key.des === undefined || length % 8 !== 0) return undefined;
    if (!draft.warnings.includes("obsolete-cipher")) draft.warnings.push("obsolete-cipher");
    return joined(desCbcOpenLegacy(key.des, new Uint8Array(8), body.subarray(0, length)), body, length);
  }

  #openCcm(sealed: Sealed): Opening {
    const { draft, tpl, body, named } = sealed;
    const configuration = tpl.configuration!;
    const tagBytes = configuration.tagBytes!;
    const counter = configuration.counter ?? draft.afl?.counter;
    if (counter === undefined) throw new DecodeError("wrong-type", { path: "CF.counter", offset: draft.at });
    const all = body.length - tagBytes;
    const encryptedBytes = configuration.encryptedBytes === "all" ? all : configuration.encryptedBytes;
    if (all < 0 || encryptedBytes > all)
      throw new DecodeError("truncated", { path: "content", offset: draft.octets.length });
    const protections = protectionsOf(all, encryptedBytes, draft.base, "authenticated", undefined);
    this.#checkFloor(draft, tpl, protections, tagBytes);
    const keys = this.#keyring.candidates(draft.known, named).filter(({ aes }) => aes !== undefined);
    const direction = directionOf(tpl);
    const nonce = mode10Nonce(draft.meter, counter);
    const headerBytes = tpl.byteLength - configuration.byteLength + configuration.bytesBeforeCounter;
    const aad = draft.octets.subarray(draft.at, draft.at + headerBytes);
    const ciphertext = body.subarray(0, encryptedBytes);
    const tag = body.subarray(encryptedBytes, encryptedBytes + tagBytes);
    for (const key of keys) {
      const derived = messageKeys(key.aes!, { direction, counter, identification: draft.meter.identification });
      const ccmKey = configuration.kdf === 0 ? key.aes! : derived.encryption;
      const opened = ccmOpened({ key: ccmKey, nonce, aad, ciphertext, tag });
      if (opened === undefined) continue;
      if (draft.afl?.mac !== undefined && !macHolds(derived, draft)) continue;
      const content = joined(opened, body, encryptedBytes + tagBytes);
      return this.#opened(draft, key, content, protections, { direction, counter, tagBytes });
    }
    if (looksPlain(body)) {
      this.#alreadyPlain(draft);
      return this.#finish(draft, body, [{ from: 0, to: body.length, trust: "clear" }]);
    }
    throw new Refused(keys.length === 0 ? "no-key" : "mac-mismatch");
  }

  /** A content that a key opened: the counter is taken, durably, before anybody sees it. */
  #opened(
    draft: Draft,
    key: MeterKey,
    content: Uint8Array,
    protections: readonly Protection[],
    a: { direction: Direction; counter: number | undefined; tagBytes: number | undefined },
  ): Opening {
    this.#use(draft, key);
    draft.tagBytes = a.tagBytes;
    if (a.tagBytes !== undefined && a.tagBytes < 4) draft.warnings.push("short-mac");
    if (a.tagBytes !== undefined && a.counter !== undefined) {
      draft.counter = a.counter;
      this.#admit({ meter: draft.meter, keyVersion: key.version, direction: a.direction }, a.counter);
    }
    return this.#finish(draft, content, protections, a.tagBytes !== undefined);
  }

  #finish(draft: Draft, content: Uint8Array, protections: readonly Protection[], isAdmitted = false): OpenedTelegram {
    const { link, ell, afl, tpl, meter, known, tagBytes, counter, key, warnings } = draft;
    // A session number is taken where no counter with a MAC was: the weaker of two promises would only lock meters out.
    if (!isAdmitted && counter !== undefined && key !== undefined && ell?.encryption === 1) {
      this.#admit({ meter: link.address, keyVersion: key.version, direction: "ell" }, counter & sessionMask);
    }
    const isPartly = protections.length > 1 && protections.some(({ trust }) => trust === "clear");
    if (isPartly) warnings.push("trailing-clear");
    return {
      is: "opened",
      link,
      ell,
      afl,
      tpl,
      meter,
      known,
      content,
      protections,
      tagBytes,
      counter,
      keyVersion: key?.version,
      warnings,
    };
  }

  #admit(slot: CounterSlot, counter: number): void {
    if (this.#replay === undefined) return;
    let said: ReturnType<ReplayGuard["admit"]>;
    try {
      said = this.#replay.admit(slot, counter);
    } catch {
      // Whatever the store's reason: what is not stored is not used. The store's owner knows why.
      throw new Refused("not-stored");
    }
    if (said !== "fresh") throw new Refused(said);
  }

  #use(draft: Draft, key: MeterKey): void {
    if (key.isPublished) {
      if (this.#isGateway) throw new Refused("denied-default-key");
      if (!draft.warnings.includes("default-key")) draft.warnings.push("default-key");
    }
    draft.key = key;
  }

  #alreadyPlain(draft: Draft): void {
    if (this.#isGateway || this.#floorOf(draft).minimum !== "clear") throw new Refused("already-plain");
    draft.warnings.push("already-plain");
    draft.base = "clear";
  }

  #floorOf(draft: Draft): PolicyFloor {
    return draft.known?.floor ?? this.#floor;
  }

  #checkFloor(draft: Draft, tpl: Tpl, protections: readonly Protection[], tagBytes: number | undefined): void {
    const floor = this.#floorOf(draft);
    // The bare header of an acknowledgement carries no values, and is shown as clear.
    if (tpl.kind === "transport" && protections.length === 0) return;
    if (protections.length === 0 && floor.minimum !== "clear" && tagBytes === undefined) throw new Refused("downgrade");
    if (!isAboveFloor(floor, protections, tagBytes)) throw new Refused("downgrade");
  }
}

interface Sealed {
  readonly draft: Draft;
  readonly tpl: Tpl;
  readonly body: Uint8Array;
  readonly named: number | undefined;
  readonly mode: number;
}

type Decrypt = (key: MeterKey, derived: MessageKeys | undefined) => Uint8Array | undefined;

function start(frame: Uint8Array): Draft {
  return draftOf(linkHeaderOf(frame), frame, linkHeaderBytes);
}

function draftOf(link: LinkHeader, octets: Uint8Array, at: number): Draft {
  return {
    link,
    ell: undefined,
    afl: undefined,
    tpl: undefined,
    meter: link.address,
    known: undefined,
    octets,
    at,
    base: "clear",
    tagBytes: undefined,
    counter: undefined,
    key: undefined,
    warnings: [],
  };
}

/** Mode 5 with the meter's key and its vector, mode 7 with the derived key and none. */
function cbc(key: MeterKey, { draft, tpl, body }: Sealed, derived: MessageKeys | undefined): Uint8Array | undefined {
  const length = Number(tpl.configuration!.encryptedBytes);
  const isDerived = tpl.configuration!.mode === 7 && tpl.configuration!.kdf !== 0;
  const aes = isDerived ? derived?.encryption : key.aes;
  const vector = tpl.configuration!.mode === 7 ? zeroVector : mode5Vector(draft.meter, tpl.access!);
  return aes === undefined ? undefined : joined(aes.decryptCbc(vector, body.subarray(0, length)), body, length);
}

function macHolds(keys: MessageKeys, { afl, octets, at }: Draft): boolean {
  const mac = afl!.mac!;
  if ((afl!.messageControl! & 0x0f) > 7) throw new Refused("unsupported-mode"); // GMAC
  return equalSecrets(keys.mac.cmac(macPrefix(afl!), octets.subarray(at)).subarray(0, mac.length), mac);
}

function ccmOpened(a: Parameters<typeof shortCcmOpen>[0]): Uint8Array | undefined {
  try {
    return shortCcmOpen(a);
  } catch (error) {
    if (error instanceof CipherError && error.code === "authentication-failed") return undefined;
    throw error;
  }
}

/** The ranges of a content whose first octets are encrypted; a MAC lifts all of them. */
function protectionsOf(
  length: number,
  encryptedBytes: number,
  base: Trust,
  encrypted: Trust,
  mac: Trust | undefined,
): Protection[] {
  const rest: Trust = mac ?? base;
  const first: Trust = mac ?? (encrypted === "clear" ? base : encrypted);
  if (length === 0) return [];
  if (encryptedBytes === 0 || first === rest)
    return [{ from: 0, to: length, trust: encryptedBytes === 0 ? rest : first }];
  if (encryptedBytes >= length) return [{ from: 0, to: length, trust: first }];
  return [
    { from: 0, to: encryptedBytes, trust: first },
    { from: encryptedBytes, to: length, trust: rest },
  ];
}

function lowered(protections: readonly Protection[]): Protection[] {
  return protections.map(({ from, to }) => ({ from, to, trust: "clear" }));
}

/** The opened octets and what stands in clear behind the sealed ones. */
function joined(opened: Uint8Array, body: Uint8Array, sealedBytes: number): Uint8Array {
  if (sealedBytes >= body.length) return opened;
  const whole = new Uint8Array(opened.length + body.length - sealedBytes);
  whole.set(opened);
  whole.set(body.subarray(sealedBytes), opened.length);
  return whole;
}

/** By the CI, which a MAC covers; C is in clear. */
function directionOf(tpl: Tpl): Direction {
  return tpl.toMeter ? "to-meter" : "from-meter";
}

/** KI: the version of the key in its first octet, from memory. */
function keyVersionOf(afl: Afl | undefined): number | undefined {
  return afl?.keyInformation === undefined ? undefined : afl.keyInformation & 0xff;
}

const verdictOf: Readonly<Record<ReassemblyRefusal, RefusalCode>> = {
  flooded: "fragment-flood",
  "too-long": "fragment-flood",
  "out-of-order": "bad-fragment",
  "wrong-length": "truncated",
};
const zeroVector = new Uint8Array(16);
/** Time and session of SN. */
const sessionMask = 0x1fff_ffff;
