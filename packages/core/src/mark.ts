/** Coverage marks: a rare branch says its name, and the one test that owns the name shows that it goes there. */

let listener: ((name: string) => void) | undefined;

/** Says that a rare branch was taken. Does nothing unless a test listens. */
export function mark(name: string): void {
  if (listener !== undefined) listener(name);
}

/** Hears every mark from now on; undefined stops it. Returns the listener that was there before. */
export function onMark(listen: ((name: string) => void) | undefined): ((name: string) => void) | undefined {
  const before = listener;
  listener = listen;
  return before;
}
