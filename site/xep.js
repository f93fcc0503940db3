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

// The table of contents shows where one is.
const entries = new Map();
for (const link of document.querySelectorAll("#toc a[href^='#']")) {
  entries.set(decodeURIComponent(link.hash.slice(1)), link);
}
const headings = [...document.querySelectorAll("main section[id], main h2[id]")].filter((place) => entries.has(place.id));
let current = null;
function mark() {
  const reached = headings.filter((place) => place.getBoundingClientRect().top < innerHeight / 4);
  const link = reached.length ? entries.get(reached.at(-1).id) : null;
  if (link === current) return;
  current?.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "true");
  current = link;
  if (link && matchMedia("(min-width: 70rem)").matches) link.scrollIntoView({ block: "nearest" });
}
let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; mark(); });
}, { passive: true });
mark();

// Browsers that cannot show a closed <details> by style get it opened where there is room for it.
const contents = document.querySelector("#toc > details");
if (contents && !CSS.supports("selector(::details-content)") && matchMedia("(min-width: 70rem)").matches) {
  contents.open = true;
}
// On a small screen the table of contents gives way to the text that was chosen.
contents?.addEventListener("click", (event) => {
  if (event.target.closest("a") && !matchMedia("(min-width: 70rem)").matches) contents.open = false;
});
