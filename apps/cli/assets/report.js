// The report page in the browser: the address space as a bar that zooms, and areas over time. Names from the
// map only ever become text nodes.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const style = () => getComputedStyle(document.documentElement);
  const colorOf = (name) => style().getPropertyValue(name).trim();
  const dark = () => matchMedia("(prefers-color-scheme: dark)").matches;
  const hidden = new Set();

  const sizeText = (bytes) => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let amount = bytes;
    let unit = 0;
    while (amount >= 1024 && unit < units.length - 1) {
      amount /= 1024;
      unit += 1;
    }
    return `${amount >= 100 || Number.isInteger(amount) ? amount.toFixed(0) : amount.toFixed(1)} ${units[unit]}`;
  };
  const hex = (value) => value.toString(16).padStart(8, "0");

  // Positions: an area is as wide as the logarithm of its pages, a hole is a thin gap. So all can be seen at once.
  const { areas, causes } = data;
  const left = new Float64Array(areas.length);
  const width = new Float64Array(areas.length);
  let total = 0;
  areas.forEach((area, index) => {
    const before = areas[index - 1];
    if (before && before[1] !== area[0])
      total += Math.min(2.5, 0.5 + Math.log2(1 + (area[0] - before[1]) / 1048576) / 8);
    left[index] = total;
    width[index] = 1 + Math.log2((area[1] - area[0]) / 4096);
    total += width[index];
  });

  const canvas = document.getElementById("space");
  const under = document.getElementById("under");
  const shown = document.getElementById("shown");
  let from = 0;
  let to = Math.max(total, 1);
  let marked = -1;

  const first = (position) => {
    let low = 0;
    let high = areas.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (left[middle] + width[middle] <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const draw = () => {
    const ratio = devicePixelRatio || 1;
    const wide = canvas.clientWidth;
    const high = canvas.clientHeight;
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(high * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.clearRect(0, 0, wide, high);
    const scale = wide / (to - from);
    const page = colorOf("--page");
    for (let index = first(from); index < areas.length && left[index] < to; index += 1) {
      const area = areas[index];
      const x = (left[index] - from) * scale;
      const w = Math.max(width[index] * scale, 0.5);
      const cause = causes[area[3]];
      pen.globalAlpha = hidden.has(area[3]) ? 0.08 : area[2].startsWith("---") ? 0.55 : 1;
      pen.fillStyle = dark() ? cause.dark : cause.light;
      pen.fillRect(x, 14, w, high - 38);
      // What is in memory, as a share of the height.
      if (area[5] >= 0) {
        const share = Math.min(1, (area[5] * 1024) / (area[1] - area[0]));
        pen.globalAlpha = hidden.has(area[3]) ? 0.05 : 0.35;
        pen.fillStyle = colorOf("--text");
        const full = (high - 38) * share;
        pen.fillRect(x, high - 24 - full, w, full);
      }
      pen.globalAlpha = 1;
      if (w > 3) {
        pen.fillStyle = page;
        pen.fillRect(x + w - 0.75, 14, 0.75, high - 38);
      }
      if (index === marked) {
        pen.strokeStyle = colorOf("--accent");
        pen.lineWidth = 2;
        pen.strokeRect(x, 13, Math.max(w, 2), high - 36);
      }
    }
    pen.globalAlpha = 1;
    pen.fillStyle = colorOf("--soft");
    pen.font = "11px ui-monospace, monospace";
    const low = areas[Math.min(first(from), areas.length - 1)];
    const last = areas[Math.max(0, Math.min(areas.length - 1, first(to - 1e-9)))];
    if (low) pen.fillText(hex(low[0]), 4, high - 8);
    if (last) {
      const text = hex(last[1]);
      pen.fillText(text, wide - pen.measureText(text).width - 4, high - 8);
    }
    list();
  };

  const line = (area) =>
    `${hex(area[0])}-${hex(area[1])} ${area[2]} ${sizeText(area[1] - area[0])}${area[4] === "" ? "" : ` ${area[4]}`}`;

  const cell = (row, text, kind) => {
    const made = document.createElement("td");
    made.textContent = text;
    if (kind) made.className = kind;
    row.append(made);
  };

  let listTimer = 0;
  const list = () => {
    clearTimeout(listTimer);
    listTimer = setTimeout(() => {
      const rows = [];
      const begin = first(from);
      let index = begin;
      for (; index < areas.length && left[index] < to && rows.length < 60; index += 1) {
        const area = areas[index];
        if (hidden.has(area[3])) continue;
        const row = document.createElement("tr");
        cell(row, `${hex(area[0])}-${hex(area[1])}`, "mono");
        cell(row, area[2], "mono");
        cell(row, sizeText(area[1] - area[0]), "number");
        cell(row, causes[area[3]].title);
        cell(row, area[4], "mono");
        cell(row, area[6], "mono");
        rows.push(row);
      }
      shown.replaceChildren(...rows);
      let inside = 0;
      for (let at = begin; at < areas.length && left[at] < to; at += 1) inside += 1;
      document.getElementById("count").textContent =
        `${inside.toLocaleString("en-US")} of ${areas.length.toLocaleString("en-US")} areas in view${rows.length < inside ? `, ${rows.length} listed` : ""}`;
    }, 60);
  };

  const clamp = () => {
    const span = Math.min(Math.max(to - from, 4), total);
    from = Math.min(Math.max(from, 0), total - span);
    to = from + span;
  };
  const zoom = (factor, at = (from + to) / 2) => {
    const span = Math.min(Math.max((to - from) * factor, 4), total);
    from = at - ((at - from) / (to - from)) * span;
    to = from + span;
    clamp();
    draw();
  };
  const positionOf = (event) =>
    from + ((event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth) * (to - from);

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.25 : 0.8, positionOf(event));
    },
    { passive: false },
  );
  let drag = null;
  canvas.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, from, to };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointerup", () => {
    drag = null;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drag) {
      const shift = ((drag.x - event.clientX) / canvas.clientWidth) * (drag.to - drag.from);
      from = drag.from + shift;
      to = drag.to + shift;
      clamp();
      draw();
      return;
    }
    const index = first(positionOf(event));
    const area = areas[index];
    const inside = area && left[index] <= positionOf(event);
    marked = inside ? index : -1;
    under.textContent = inside
      ? `${line(area)}\n${causes[area[3]].title}${area[6] === "" ? "" : `   VmFlags: ${area[6]}`}${area[5] < 0 ? "" : `   in memory: ${sizeText(area[5] * 1024)}`}`
      : "";
    draw();
  });
  canvas.addEventListener("dblclick", (event) => zoom(0.3, positionOf(event)));
  canvas.addEventListener("keydown", (event) => {
    const step = (to - from) / 8;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      from += event.key === "ArrowLeft" ? -step : step;
      to += event.key === "ArrowLeft" ? -step : step;
      clamp();
      draw();
    } else if (event.key === "+" || event.key === "=") zoom(0.7);
    else if (event.key === "-") zoom(1.4);
    else return;
    event.preventDefault();
  });
  document.getElementById("in").addEventListener("click", () => zoom(0.5));
  document.getElementById("out").addEventListener("click", () => zoom(2));
  document.getElementById("all").addEventListener("click", () => {
    from = 0;
    to = total;
    draw();
  });
  for (const key of document.querySelectorAll(".key")) {
    const index = Number(key.dataset.cause);
    const swatch = key.querySelector(".swatch");
    const paint = () => {
      swatch.style.background = dark() ? causes[index].dark : causes[index].light;
    };
    paint();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
    key.addEventListener("click", () => {
      if (hidden.has(index)) hidden.delete(index);
      else hidden.add(index);
      key.setAttribute("aria-pressed", String(!hidden.has(index)));
      draw();
    });
  }
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  matchMedia("print").addEventListener("change", draw);
  draw();

  // Areas over time.
  for (const holder of document.querySelectorAll("[data-series]")) {
    const series = data.timeline[Number(holder.dataset.series)];
    const axis = () => colorOf("--soft");
    const grid = { stroke: () => colorOf("--line"), width: 1 };
    const plot = new uPlot(
      {
        width: holder.clientWidth,
        height: 220,
        scales: { x: { time: false }, y: { range: (_, _least, most) => [0, Math.max(most * 1.08, 10)] } },
        axes: [
          { stroke: axis, grid, label: "line of the trace" },
          { stroke: axis, grid, size: 64 },
        ],
        series: [
          { label: "line" },
          {
            label: "areas",
            stroke: () => colorOf("--accent"),
            width: 1.5,
            paths: uPlot.paths.stepped({ align: 1 }),
          },
        ],
      },
      [series.lines, series.areas],
      holder,
    );
    addEventListener("resize", () => plot.setSize({ width: holder.clientWidth, height: 220 }));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot.redraw());
  }
})();
