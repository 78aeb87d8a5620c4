/** A progress bar on standard error, drawn only where somebody watches. */

import cliProgress from "cli-progress";
import type { Terminal } from "../terminal.js";
import { count } from "./amount.js";

/** Tells how far a run is. */
export interface Progress {
  /** `done` of the total, and what to say beside the bar. */
  update(done: number, text: string): void;
  /** Takes the bar away. */
  stop(): void;
}

const SILENT: Progress = { update: () => {}, stop: () => {} };

/** A bar of `total` units; silent when standard error is no terminal or `quiet` is set. */
export function progressBar(terminal: Terminal, total: number, quiet = false): Progress {
  if (quiet || !terminal.showsProgress || total <= 0) return SILENT;
  const bar = new cliProgress.SingleBar(
    {
      format: "{bar} {percentage} %  {text}  {left}",
      barsize: 24,
      clearOnComplete: true,
      hideCursor: true,
      fps: 8,
      stream: terminal.errorStream as NodeJS.WritableStream,
      etaBuffer: 20,
    },
    cliProgress.Presets.shades_classic,
  );
  const began = Date.now();
  bar.start(total, 0, { text: "", left: "" });
  return {
    update(done, text): void {
      const seconds = (Date.now() - began) / 1000;
      const rest = done > 0 ? (seconds * (total - done)) / done : Number.NaN;
      const left = seconds > 1 && Number.isFinite(rest) ? `${count(Math.max(0, rest))} s left` : "";
      bar.update(Math.min(done, total), { text, left });
    },
    stop: () => bar.stop(),
  };
}
