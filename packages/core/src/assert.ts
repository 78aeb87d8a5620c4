/** The two ways this library says "impossible": our own contradiction, and a caller's misuse. */

/** A contradiction inside the library itself: a bug here, never the fault of the modelled program. */
export class InvariantError extends Error {
  override readonly name: string = "InvariantError";
}

/** Throws InvariantError when `condition` does not hold. `message` is a constant: nothing is built on the way. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
