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

// The table of contents shows where one is: in the innermost section that crosses a line in the upper part of the window.
const entries = new Map();
for (const link of document.querySelectorAll("#toc a[href^='#']")) {
  entries.set(decodeURIComponent(link.hash.slice(1)), link);
}
const parts = new Map();
for (const place of document.querySelectorAll("main section[id], main h2[id]")) {
  const link = entries.get(place.id);
  if (link) parts.set(place.localName === "section" ? place : place.parentElement, link);
}
const crossed = new Set();
let current = null;
function mark() {
  const link = parts.get([...parts.keys()].findLast((part) => crossed.has(part))) ?? null;
  if (link === current) return;
  current?.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "true");
  current = link;
  if (link && matchMedia("(min-width: 70rem)").matches) link.scrollIntoView({ block: "nearest" });
}
if ("IntersectionObserver" in window) {
  const observer = new IntersectionObserver((changes) => {
    for (const change of changes) {
      if (change.isIntersecting) crossed.add(change.target);
      else crossed.delete(change.target);
    }
    mark();
  }, { rootMargin: "-25% 0px -75% 0px" });
  for (const part of parts.keys()) observer.observe(part);
}

// Browsers that cannot show a closed <details> by style get it opened where there is room for it.
const contents = document.querySelector("#toc > details");
if (contents && !CSS.supports("selector(::details-content)") && matchMedia("(min-width: 70rem)").matches) {
  contents.open = true;
}
// On a small screen the table of contents gives way to the text that was chosen.
contents?.addEventListener("click", (event) => {
  if (event.target.closest("a") && !matchMedia("(min-width: 70rem)").matches) contents.open = false;
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
  };
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = filter.elements.namedItem(name);
    if (field) field.value = value;
  }
  filter.hidden = false;
  filter.addEventListener("input", choose);
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("reset", () => setTimeout(choose));
  choose();
}

// The picture of a series can be made smaller and larger.
const picture = document.querySelector(".graph svg");
const zoom = document.querySelector(".zoom");
if (picture && zoom) {
  const { width, height } = picture.viewBox.baseVal;
  let scale = 1;
  zoom.hidden = false;
  zoom.addEventListener("click", (event) => {
    const wish = event.target.value;
    if (!wish) return;
    scale = wish === "fit" ? picture.parentElement.clientWidth / width : Math.min(4, Math.max(0.1, scale * Number(wish)));
    picture.setAttribute("width", width * scale);
    picture.setAttribute("height", height * scale);
  });
}
