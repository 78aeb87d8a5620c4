// Coverage marks: a rare branch says mark("name"), exactly one test says that it was hit. Imports nothing.

let listener: ((name: string) => void) | undefined;

/** Says that a rare branch was taken. Does nothing unless a test listens; the built package has the calls taken out. */
export function mark(name: string): void {
  if (listener !== undefined) listener(name);
}

/** Hears every mark from now on; `undefined` stops it. Returns the listener that was there before. */
export function onMark(listen: ((name: string) => void) | undefined): ((name: string) => void) | undefined {
  const before = listener;
  listener = listen;
  return before;
}
