/** `vma report`: one page that needs nothing else, with the area count over time, the address space, pairs, ratchets. */

import { CAUSES, type Cause } from "../../analysis/cause.js";
import type { PageContent } from "../../analysis/page.js";
import { PAIR_STORIES } from "../../analysis/pair-group.js";
import { asset, packageFile } from "../../asset.js";
import { bytes, count, counted, hex, percent } from "../amount.js";
import { safe } from "../escape.js";
import { html, Markup, scriptJson } from "./markup.js";

/** Light and dark colour of each cause; neighbours in the legend are told apart by hue and lightness. */
const PALETTE: Readonly<Record<Cause, readonly [light: string, dark: string]>> = {
  library: ["#4269d0", "#6f93ff"],
  relro: ["#97bbf5", "#3c5a9e"],
  heap: ["#efb118", "#ffc94a"],
  anonymous: ["#ff725c", "#ff8c7a"],
  decommitted: ["#8a1c1c", "#b53a3a"],
  arena: ["#ff8ab7", "#ff9fc5"],
  "thread-stack": ["#3ca951", "#57c96c"],
  guard: ["#1f5c2d", "#2b7a3d"],
  stack: ["#00796b", "#26a69a"],
  jit: ["#a463f2", "#bb88ff"],
  reserved: ["#9c9c9c", "#6b6b6b"],
  named: ["#6cc5b0", "#4fae98"],
  file: ["#9c6b4e", "#c08a68"],
  deleted: ["#5d3a26", "#8a5f46"],
  shared: ["#c7a600", "#b39b2e"],
  huge: ["#00acc1", "#26c6da"],
  device: ["#546e7a", "#78909c"],
  kernel: ["#37474f", "#90a4ae"],
};

function embedded(content: PageContent): Markup {
  const { top, timeline } = content;
  const { areas } = top.target;
  const causes = top.groups.map(({ cause }) => cause);
  const indexOf = new Map(causes.map((cause, index) => [cause, index]));
  return scriptJson({
    causes: causes.map((cause) => ({
      title: CAUSES[cause][0],
      light: PALETTE[cause][0],
      dark: PALETTE[cause][1],
    })),
    areas: areas.map((area, index) => [
      area.start,
      area.end,
      area.permissions,
      indexOf.get(top.pairs.causes[index] ?? "anonymous") ?? 0,
      safe(area.name),
      area.rss,
      safe(area.flagText ?? ""),
    ]),
    timeline: timeline.map((series) => ({
      lines: series.points.map((point) => point.line),
      areas: series.points.map((point) => point.areas),
    })),
  });
}

function summary({ top, verdict }: PageContent): Markup {
  const share = top.areas / top.limit;
  const kind = share >= 0.9 ? "bad" : share >= 0.5 ? "warn" : "good";
  const tone =
    verdict === null
      ? ""
      : verdict.verdict === "exact"
        ? "good"
        : verdict.verdict === "differs"
          ? "bad"
          : "warn";
  const memory = top.kernelMemory.estimate ?? top.kernelMemory.most;
  return html`
    <p class="${kind}"><strong>${counted(top.areas, "area")}</strong> of ${count(top.limit)} (${percent(top.areas, top.limit)})</p>
    <div class="meter ${kind}"><div style="width:${Math.min(100, share * 100).toFixed(2)}%"></div></div>
    <p class="soft">${bytes(memory)} of kernel memory in areas; ${counted(top.pairs.couldSave, "area")} could be saved.
    ${top.target.detail === "maps" ? "This is maps, which has no VmFlags: causes are guessed." : ""}</p>
    ${verdict === null ? "" : html`<p class="verdict ${tone}">${verdict.text}</p>`}`;
}

function timelineSection({ timeline }: PageContent): Markup {
  if (timeline.length === 0) return html``;
  const charts = timeline.map(
    (series, index) => html`
    <p>pid ${series.pid}: ${counted(series.steps, "call")}, at most ${counted(series.peak.areas, "area")} at line
    ${count(series.peak.line)} <code>${series.peak.call}</code></p>
    <div data-series="${index}"></div>`,
  );
  return html`<h2>Areas over time</h2>${charts}`;
}

function spaceSection({ top }: PageContent): Markup {
  const keys = top.groups.map(
    (group, index) =>
      html`<button type="button" class="key" data-cause="${index}" aria-pressed="true"><span class="swatch"></span>${CAUSES[group.cause][0]} ${count(group.areas)}</button>`,
  );
  return html`<h2>The address space</h2>
    <p class="soft screen">Every area as a block, low addresses on the left; its width is the logarithm of its size, a gap is
    unmapped. The shade from below is what is in memory. Wheel or buttons zoom, dragging moves, keys of the legend hide.</p>
    <div class="bar"><canvas id="space" tabindex="0" role="img" aria-label="${counted(top.areas, "area")} in address order"></canvas></div>
    <div class="controls"><button type="button" id="in">zoom in</button><button type="button" id="out">zoom out</button>
    <button type="button" id="all">all</button><span class="soft" id="count"></span></div>
    <pre class="mono" id="under"></pre>
    <div class="controls">${keys}</div>
    <details class="screen"><summary>Areas in view</summary><div class="scroll"><table><thead><tr><th>range</th><th>rights</th>
    <th class="number">size</th><th>what</th><th>name</th><th>VmFlags</th></tr></thead><tbody id="shown"></tbody></table></div></details>
    <noscript><p>The bar needs a script; the tables below do not.</p></noscript>`;
}

function groupSection({ top }: PageContent): Markup {
  const rows = top.groups.map(
    (
      group,
    ) => html`<tr><td class="number">${count(group.areas)}</td><td class="number">${percent(group.areas, top.areas)}</td>
      <td class="number">${bytes(group.size)}</td><td class="number">${group.rss === null ? "?" : bytes(group.rss)}</td>
      <td class="number">${group.saves === 0 ? "" : count(group.saves)}</td>
      <td>${CAUSES[group.cause][0]}<br><span class="soft">${group.note === "" ? CAUSES[group.cause][1] : group.note}</span>
      ${group.largest.slice(0, 3).map(({ name, areas }) => html`<br><code>${name}</code> ${count(areas)}`)}</td></tr>`,
  );
  return html`<h2>What the areas are for</h2><div class="scroll"><table><thead><tr><th class="number">areas</th>
    <th class="number">share</th><th class="number">size</th><th class="number">in memory</th><th class="number">could save</th>
    <th>what</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function pairSection({ top }: PageContent): Markup {
  const { pairs } = top;
  const rows = pairs.groups.map((group) => {
    const story = PAIR_STORIES[group.cause];
    return html`<tr><td class="number">${count(group.pairs)}</td><td class="number">${group.saves === 0 ? "" : count(group.saves)}</td>
      <td>${story.title}${group.codes === "" ? "" : html` <code>${group.codes}</code>`}<br>
      <span class="soft">${group.details.map((detail) => detail.sentence).join(" ")}</span></td>
      <td class="address"><code>${hex(group.first.upper.start)}</code></td><td>${story.remedy}</td></tr>`;
  });
  return html`<h2>What keeps neighbours apart</h2>
    <p class="soft">${counted(pairs.pairs, "touching pair")}; ${count(pairs.alikeInMaps)} of them look the same in /proc/PID/maps.</p>
    <div class="scroll"><table><thead><tr><th class="number">pairs</th><th class="number">would save</th><th>kept apart by</th>
    <th>for example at</th><th>what brings them together</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function ratchetSection({ ratchets }: PageContent): Markup {
  if (ratchets === null) return html``;
  const rows = ratchets.map(
    (ratchet) => html`<tr><td class="number">+${count(ratchet.kept)}</td><td><code>${ratchet.kind}</code></td>
      <td><code>${ratchet.flags}</code></td><td class="number">${ratchet.pid}</td>
      <td class="number">${count(ratchet.firstLine)} to ${count(ratchet.lastLine)}</td>
      <td>${ratchet.undo === null ? "none" : html`<code>${ratchet.undo.call}</code>`}</td></tr>`,
  );
  return html`<h2>Calls that cut areas and were never undone</h2><div class="scroll"><table><thead><tr><th class="number">areas</th>
    <th>call</th><th>flags</th><th class="number">pid</th><th class="number">lines</th><th>undo that works</th></tr></thead>
    <tbody>${rows}</tbody></table></div>`;
}

/** The whole page. */
export function reportPage(content: PageContent): string {
  const title = `vma: ${content.top.target.label}`;
  const chart = content.timeline.length > 0;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${title}</title>
<style>${chart ? new Markup(packageFile("uplot/dist/uPlot.min.css")) : ""}${new Markup(asset("report.css"))}</style>
</head>
<body>
<h1>${content.top.target.label}</h1>
<p class="soft">vma ${content.version}, ${content.made}${content.top.target.release === null ? "" : html`, Linux ${content.top.target.release}`}</p>
${summary(content)}
${timelineSection(content)}
${spaceSection(content)}
${groupSection(content)}
${pairSection(content)}
${ratchetSection(content)}
<script type="application/json" id="data">${embedded(content)}</script>
<script>${chart ? new Markup(packageFile("uplot/dist/uPlot.iife.min.js")) : ""}
${new Markup(asset("report.js"))}</script>
</body>
</html>
`;
  return page.text;
}
