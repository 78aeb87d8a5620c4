/** Everything the report page shows, gathered. */

import type { Verdict } from "@vma/trace";
import type { Ratchet } from "./ratchet.js";
import type { TimelineSeries } from "./timeline.js";
import type { TopReport } from "./top.js";

export interface PageContent {
  readonly version: string;
  /** When the page was made, for reading. */
  readonly made: string;
  readonly top: TopReport;
  /** Of a recording: how the replay went. */
  readonly verdict: { readonly verdict: Verdict; readonly text: string } | null;
  /** Address spaces of a recording, the fullest first. */
  readonly timeline: readonly TimelineSeries[];
  /** Null when the input is no recording. */
  readonly ratchets: readonly Ratchet[] | null;
}
