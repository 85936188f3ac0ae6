/**
 * A query that is built once and run with other values each time.
 *
 * Building a query with Kysely costs several times what SQLite takes to run it. On the way of a delivery that would be felt;
 * everywhere else queries are built where they stand.
 */

import type { Compilable, CompiledQuery, Kysely } from "kysely";

import type { Tables } from "./tables.ts";

type Slots<Values> = <Name extends keyof Values>(name: Name) => Values[Name];
type Run<Values, Row> = (on: Kysely<Tables>, values: Values) => Promise<readonly Row[]>;

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
    const fill = (values: Values): CompiledQuery<Row> => ({
      ...query,
      // a slot's name is one of `Values`: `build` could give it no other
      parameters: query.parameters.map((one) => (one instanceof Slot ? values[one.name as keyof Values] : one)),
    });
    return async (on, values) => (await on.executeQuery(fill(values))).rows;
  };
}

class Slot {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}
