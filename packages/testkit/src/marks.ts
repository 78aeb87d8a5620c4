/**
 * Coverage marks: a rare branch says `mark("name")`, and one test named after the branch shows that it goes there.
 * `listen` is a package's `onMark`, from its debug entry.
 */

/** Tells a listener the name of every mark that is passed, undefined ends it; returns the listener before. */
export type OnMark = (listen: ((name: string) => void) | undefined) => ((name: string) => void) | undefined;

/** The marks passed while `body` ran, with how often. */
export function collectMarks(listen: OnMark, body: () => void): Map<string, number> {
  const passed = new Map<string, number>();
  const before = listen((name) => {
    passed.set(name, (passed.get(name) ?? 0) + 1);
  });
  try {
    body();
  } finally {
    listen(before);
  }
  return passed;
}

/** Runs `body`; throws when it does not pass the mark, naming those it passed. */
export function hits(listen: OnMark, name: string, body: () => void): void {
  const passed = collectMarks(listen, body);
  if (passed.has(name)) return;
  const others = [...passed.keys()].join(", ");
  throw new Error(`the mark "${name}" was not passed${others === "" ? "" : `, only ${others}`}`);
}
