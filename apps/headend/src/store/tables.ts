/**
 * The tables of a head-end as Kysely sees them; ./migrations makes them.
 *
 * Every primary key begins with the shard key: the meter for blocks and registers, the gateway for deliveries and what
 * belongs to them. Sign-ins have the hash of their token. Instants are milliseconds since 1970.
 */

/** A whole number that may exceed 2^53: the engine gives a bigint where it does. */
export type Wide = number | bigint;

export interface Tables {
  /** Every delivery that was receipted, whatever became of its blocks. */
  deliveries: {
    gateway: string;
    number: Wide;
    hash: Uint8Array;
    /** SIG key id of the gateway at that time. */
    gateway_key: Uint8Array;
    profile: string;
    kind: "measured" | "correction";
    received_at: number;
    committed_at: number;
    /** As received; null when erased. */
    der: Uint8Array | null;
    /** Key of `proofs`. */
    proof: Uint8Array;
  };
  /** Apart from the deliveries, which are large and need not be written again; none between commit and signature. */
  receipts: {
    gateway: string;
    number: Wide;
    receipt: Uint8Array;
  };
  blocks: {
    meter: string;
    obis: string;
    kind: "total" | "interval" | "sample";
    last_at: number;
    gateway: string;
    number: Wide;
    position: number;
    block_id: string;
    first_at: number;
    period_ms: number;
    count: number;
    day: string;
    unit: string | null;
    scaler: number;
    trust: "clear" | "encrypted" | "authenticated" | "signed";
    revision: number;
    profile: string;
    committed_at: number;
    commitment: Uint8Array;
    /** Null when erased; so are the bytes. */
    salt: Uint8Array | null;
    bytes: Uint8Array | null;
  };
  /** What a meter has ever delivered. */
  registers: {
    meter: string;
    obis: string;
    kind: "total" | "interval" | "sample";
    unit: string | null;
    first_at: number;
    last_at: number;
  };
  /** Counters of a gateway, kept so that nobody counts its deliveries. */
  gateways: {
    gateway: string;
    deliveries: number;
    last_number: Wide;
    last_at: number;
    proof: Uint8Array;
  };
  quarantine: {
    gateway: string;
    number: Wide;
    position: number;
    code: string;
    meter: string | null;
    at: number;
  };
  /** Certificates and revocation lists as of acceptance, each kind as DER one after the other. */
  proofs: {
    gateway: string;
    hash: Uint8Array;
    certificates: Uint8Array;
    crls: Uint8Array;
  };
  sessions: {
    hash: Uint8Array;
    person: string;
    created_at: number;
    last_used_at: number;
  };
  invites: {
    hash: Uint8Array;
    person: string;
    expires_at: number;
  };
}
