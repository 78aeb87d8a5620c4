/** What a replay throws when a script asks for something the engine or the replayer does not have. */

/** Steps from here to the end of the case are counted as not compared, with this reason. */
export class NotModelled extends Error {
  override readonly name: string = "NotModelled";

  constructor(what: string) {
    super(`not modelled: ${what}`);
  }
}
