// A listener to an address space that only hears what a test is about.
import type { EventSink } from "@vma/core";

function ignore(): void {}

/** A listener with the given answers; everything else goes by. */
export function hearing(answers: Partial<EventSink>): EventSink {
  return {
    created: ignore,
    grew: ignore,
    shrank: ignore,
    split: ignore,
    merged: ignore,
    refused: ignore,
    changed: ignore,
    removed: ignore,
    ...answers,
  };
}
