// The editor of a draft. Every change is sent as soon as it is made, one after another; the answer
// brings the parts of the page that changed. What is being typed is never drawn over.
import { isInConflict, put, unsaved, wasLeftUnsaved } from "./editor/fields.js";
import { isDragging, openMoves, watchMoves } from "./editor/moving.js";
import { editor, inLine, isSending, send, state } from "./editor/sending.js";

const NEWS = 3000;
const SOON = 300;

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-act]");
  if (!button || !editor) return;
  event.preventDefault();
  act(button.dataset.act, button.dataset.place || "");
});

// What is typed is saved first; where somebody else wrote the same, that is decided first.
function act(what, place, more = {}) {
  if (isInConflict()) return undefined;
  unsaved().forEach((field) => put(field));
  if (what !== "add-behind") return send({ act: what, place, ...more });
  const parts = place.split("/");
  return send({ act: "add", place: parts.slice(0, -1).join("/"), after: parts.at(-1) });
}

// Keys: Ctrl+Z outside a field, Alt with an arrow moves the thing that is looked at, M to any place.
document.addEventListener("keydown", (event) => {
  if (!editor?.hasAttribute("data-open")) return;
  const writing = event.target.matches?.("input:not([type=checkbox]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !writing) {
    event.preventDefault();
    act(event.shiftKey ? "redo" : "undo", "");
  } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    event.preventDefault();
    if (writing) event.target.blur();
    act(event.key === "ArrowUp" ? "up" : "down", state("at"));
  } else if (event.key.toLowerCase() === "m" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    openMoves();
  }
});

watchMoves(act);

// What stands where nothing is written yet is typed over.
document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.("textarea") && target.value === "…") target.select();
});

// What others change comes by itself. A form in which somebody types waits until it is saved.
async function news() {
  if (isSending() || unsaved().length || document.hidden || isDragging()) return;
  const query = new URLSearchParams({ seq: state("seq"), at: state("at") });
  await window.htmx.ajax("GET", `${editor.dataset.news}?${query}`, { source: editor, swap: "none" });
}
const ask = () => inLine(news);
if (editor?.hasAttribute("data-open")) setInterval(ask, NEWS);
if (wasLeftUnsaved()) [SOON, 4 * SOON].forEach((wait) => setTimeout(ask, wait));

// The tablet's page is drawn at its own size and shrunk to the room there is.
const shrink = new ResizeObserver((entries) => entries.forEach(({ target, contentRect }) => {
  target.style.setProperty("--shrink", contentRect.width / 1280);
}));
const watch = () => document.querySelectorAll(".preview-frame").forEach((frame) => shrink.observe(frame));
watch();
document.addEventListener("htmx:oobAfterSwap", watch);
