// Comforts only: every page works without this file.
"use strict";

// A button that copies the text of an example, as it stands in the document.
for (const figure of document.querySelectorAll("figure.listing[id]")) {
  const tools = figure.querySelector(".tools");
  const code = figure.querySelector("pre > code");
  if (!tools || !code || !navigator.clipboard) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  tools.prepend(button);
}

// The table of contents shows where one is: in the section that was jumped to, as long as its heading is in sight and
// nobody scrolled on; else in the last section that begins above the text at the top of the window.
const entries = new Map();
for (const link of document.querySelectorAll("#toc a[href^='#']")) {
  entries.set(decodeURIComponent(link.hash.slice(1)), link);
}
const parts = [...document.querySelectorAll("main section[id], main h2[id]")].filter((place) => entries.has(place.id));
const contents = document.querySelector("#toc > details");
const bar = contents?.querySelector("summary");
const isWide = matchMedia("(min-width: 70rem)");
let chosen = null;
let current = null;
function mark() {
  const begin = (part) => part.getBoundingClientRect().top;
  const line = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) + 8;
  const inSight = chosen && begin(chosen) >= 0 && begin(chosen) < innerHeight;
  const part = inSight ? chosen : parts.findLast((part) => begin(part) <= line);
  const link = entries.get(part?.id) ?? null;
  if (link === current) return;
  current?.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "location");
  bar.dataset.here = link?.textContent ?? "";
  current = link;
  show();
}
// Brings the marked entry into sight; the page itself stays where it is.
function show() {
  const box = isWide.matches ? contents.parentElement : contents;
  if (!current || current.offsetTop > box.scrollTop + 40 && current.offsetTop < box.scrollTop + box.clientHeight - 60) return;
  box.scrollTop = current.offsetTop - box.clientHeight / 2;
}
function arrive() {
  let id = "";
  try { id = decodeURIComponent(location.hash.slice(1)); } catch { /* a hash that is no text */ }
  const place = document.getElementById(id);
  chosen = parts.findLast((part) => part === place || (part.localName === "section" && part.contains(place))) ?? null;
  mark();
}
if (parts.length) {
  let waits = false;
  addEventListener("scroll", () => {
    if (!waits) requestAnimationFrame(() => { waits = false; mark(); });
    waits = true;
  }, { passive: true });
  for (const kind of ["wheel", "touchmove", "keydown"]) addEventListener(kind, () => { chosen = null; }, { passive: true });
  addEventListener("hashchange", arrive);
  // Also a link to where one is already is a jump.
  addEventListener("click", (event) => { if (event.target.closest?.("a[href^='#']")) setTimeout(arrive); });
  arrive();
}

// Browsers that cannot show a closed <details> by style get it opened where there is room for it.
if (contents && !CSS.supports("selector(::details-content)") && isWide.matches) contents.open = true;
// On a small screen the table of contents gives way to the text that was chosen.
contents?.addEventListener("click", (event) => {
  if (event.target.closest("a") && !isWide.matches) contents.open = false;
});
contents?.addEventListener("toggle", show);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !contents?.open || isWide.matches) return;
  contents.open = false;
  bar.focus();
});

// The index of a series: what is searched for and chosen stays.
const filter = document.querySelector("form.filter");
if (filter) {
  const rows = [...document.querySelectorAll(".documents tbody tr")].map((row) => ({
    row,
    text: `${row.textContent} ${row.dataset.find ?? ""}`.toLowerCase(),
    status: row.dataset.status,
    type: row.dataset.type,
    tags: (row.dataset.tags ?? "").split("|"),
  }));
  const groups = document.querySelectorAll(".group");
  const choose = () => {
    const wanted = Object.fromEntries(new FormData(filter));
    const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (entry) => words.every((word) => entry.text.includes(word))
      && (!wanted.status || entry.status === wanted.status)
      && (!wanted.type || entry.type === wanted.type)
      && (!wanted.tag || entry.tags.includes(wanted.tag));
    let shown = 0;
    for (const entry of rows) {
      entry.row.hidden = !fits(entry);
      shown += entry.row.hidden ? 0 : 1;
    }
    for (const group of groups) group.hidden = !group.querySelector("tbody tr:not([hidden])");
    filter.querySelector("output").textContent = `${shown} of ${rows.length}`;
    return wanted;
  };
  // The address says what is shown, so that it can be kept and passed on.
  const tell = () => {
    const query = new URLSearchParams(Object.entries(choose()).filter(([, value]) => value)).toString();
    history.replaceState(null, "", location.pathname + (query && `?${query}`) + location.hash);
  };
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = filter.elements.namedItem(name);
    if (field) field.value = value;
  }
  filter.hidden = false;
  filter.addEventListener("input", tell);
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("reset", () => setTimeout(tell));
  choose();
}

// The picture of a series can be made smaller and larger, and searched for a document.
const picture = document.querySelector(".graph svg");
const zoom = document.querySelector(".zoom");
if (picture && zoom) {
  const { width, height } = picture.viewBox.baseVal;
  const view = picture.parentElement;
  let scale = 1;
  zoom.hidden = false;
  zoom.addEventListener("click", (event) => {
    const wish = event.target.closest("button")?.value;
    if (!wish) return;
    const [x, y] = [view.scrollLeft + view.clientWidth / 2, view.scrollTop + view.clientHeight / 2];
    const before = scale;
    scale = wish === "fit" ? view.clientWidth / width : Math.min(4, Math.max(0.1, scale * Number(wish)));
    picture.setAttribute("width", width * scale);
    picture.setAttribute("height", height * scale);
    // What was in the middle stays there.
    view.scrollTo({ left: x * scale / before - view.clientWidth / 2, top: y * scale / before - view.clientHeight / 2 });
  });
  const nodes = [...picture.querySelectorAll(".sg-node")].map((node) => ({ node, title: node.querySelector("title").textContent }));
  zoom.querySelector("datalist").append(...nodes.map(({ title }) => new Option("", title)));
  zoom.querySelector("input").addEventListener("change", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    const found = wanted && nodes.find(({ title }) => title.toLowerCase().includes(wanted));
    if (found) location.hash = found.node.id;
  });
  // The box of the document in the address comes to the middle, not the far ends of its lines.
  const center = () => {
    const node = picture.querySelector(".sg-node:target");
    node?.querySelector("rect").scrollIntoView({ block: "center", inline: "center" });
  };
  addEventListener("hashchange", center);
  addEventListener("load", center);
}
