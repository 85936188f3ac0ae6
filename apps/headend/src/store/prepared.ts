/**
 * A query that is built once and run with other values each time.
 *
 * Building a query with Kysely costs several times what SQLite takes to run it, and handing it through Kysely's layers
 * (plug-ins, a turn at the connection) as much again. On the way of a delivery that would be felt: there a query is run on the
 * connection of the transaction itself. Everywhere else queries are built where they stand.
 */

import type { Compilable, CompiledQuery, Kysely } from "kysely";

import type { Tables } from "./tables.ts";

/** What runs a compiled query: a connection of a driver; or Kysely, outside of a transaction. */
export interface Connection {
  executeQuery<Row>(query: CompiledQuery<Row>): Promise<Answer<Row>>;
}

export interface Answer<Row> {
  readonly rows: readonly Row[];
  /** Of what changes rows: how many. */
  readonly numAffectedRows?: bigint;
}

/** One transaction on one connection: what `work` did is durable when it resolves, and undone when it rejects. */
export function inTransaction<T>(db: Kysely<Tables>, work: (on: Connection) => Promise<T>): Promise<T> {
  return db.transaction().execute((transaction) => transaction.getExecutor().provideConnection(work));
}

type Slots<Values> = <Name extends keyof Values>(name: Name) => Values[Name];
type Run<Values, Row> = (on: Connection, values: Values) => Promise<Answer<Row>>;

/**
 * `prepared<Values>()((slot) => query)`: two calls, so that the type of the rows follows from the query.
 *
 * @returns  Takes the query, built with a stand-in for each named value, and gives what runs it on a connection or within a
 *           transaction.
 */
export function prepared<Values extends object>() {
  return <Row>(build: (slot: Slots<Values>) => Compilable<Row>): Run<Values, Row> => {
    // A stand-in is a parameter like any other until the query has been compiled; nobody looks into it.
    const query = build((name) => new Slot(name) as never).compile();
    // a slot's name is one of `Values`: `build` could give it no other
    const parts = query.parameters.map((one) => (one instanceof Slot ? { name: one.name as keyof Values } : { one }));
    return (on, values) => {
      const parameters = parts.map((part) => ("name" in part ? values[part.name] : part.one));
      const filled: CompiledQuery<Row> = { ...query, parameters };
      return on.executeQuery(filled);
    };
  };
}

class Slot {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}
