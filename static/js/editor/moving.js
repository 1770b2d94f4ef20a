// Moving by dragging in the outline, and by a form that says every place there is. A part goes before or
// behind one of its sort, or to the first place of what can hold it. What lies folded opens under it.
import { editor } from "./sending.js";

const UNFOLD = 500;
const BEFORE = 0.4; // of a row's height: above it, a part goes before what it is dropped on
const HOLDS = { steps: ["operations", "contingencies"], operations: ["stages"], stages: [], contingencies: [] };
let dragged = "";
let spot = null;
let timer = 0;
let waits = null; // the folded row that opens when one stays on it

export const isDragging = () => Boolean(dragged);
const rowOf = (event) => event.target.closest?.("#outline [data-place]");
const owner = (place) => place.split("/").slice(0, -1).join("/");
const name = (place) => place.split("/").at(-1);
const sort = (place) => place.split("/").at(-2);

// Where a part would go that is dropped at a point of a row; nothing where it cannot.
function spotAt(row, event) {
  const place = row.dataset.place;
  if (!place || place === dragged || place.startsWith(`${dragged}/`)) return null;
  if (sort(place) === sort(dragged)) {
    const box = row.getBoundingClientRect();
    const before = event.clientY < box.top + BEFORE * box.height;
    return { row, how: before ? "is-before" : "is-behind", into: owner(place), after: before ? leader(row) : name(place) };
  }
  if (!HOLDS[sort(dragged)].includes(sort(place))) return null;
  return { row, how: "is-into", into: `${place}/${sort(dragged)}`, after: "" };
}

// The name of what stands before a row in its list.
function leader(row) {
  const list = owner(row.dataset.place);
  const beside = [...document.querySelectorAll("#outline [data-place]")].filter((one) => owner(one.dataset.place) === list);
  const before = beside[beside.indexOf(row) - 1];
  return before ? name(before.dataset.place) : "";
}

function mark(next) {
  spot?.row.classList.remove("is-before", "is-behind", "is-into");
  spot = next;
  spot?.row.classList.add(spot.how);
}

function unfoldLater(row) {
  if (waits === row) return;
  clearTimeout(timer);
  waits = row;
  const place = row?.dataset.place ?? "";
  const holder = sort(place) === "stages" ? sort(dragged) !== "stages" : sort(dragged) === "steps";
  if (!row?.hasAttribute("data-folded") || !holder) return;
  timer = setTimeout(() => {
    row.removeAttribute("data-folded");
    const query = new URLSearchParams({ at: place });
    window.htmx.ajax("GET", `${editor.dataset.inside}?${query}`, { source: row, target: row, swap: "afterend" });
  }, UNFOLD);
}

function over() {
  mark(null);
  unfoldLater(null);
  dragged = "";
  // What opened for this drag only folds again; an answer of the server draws all anew anyhow.
  document.querySelectorAll("#outline .is-peek").forEach((row) => {
    const folded = [...document.querySelectorAll("#outline [data-place]")]
      .find((one) => one.dataset.place === owner(owner(row.dataset.place)));
    folded?.setAttribute("data-folded", "");
    row.remove();
  });
}

export function watchMoves(act) {
  document.addEventListener("dragstart", (event) => {
    const row = rowOf(event);
    dragged = row?.draggable ? row.dataset.place : "";
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const row = rowOf(event);
    unfoldLater(row ?? null);
    mark(row ? spotAt(row, event) : null);
    if (spot) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!dragged || !spot) return;
    event.preventDefault();
    const { into, after } = spot;
    const place = dragged;
    over();
    act("move", place, { into, after });
  });
  document.addEventListener("dragend", over);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-move-now]");
    if (!button) return;
    const value = (id) => document.getElementById(id).value;
    act("move", button.dataset.place, { into: value("move-into"), after: value("move-after") });
  });
  document.addEventListener("keydown", (event) => {
    const fold = event.target.closest?.("#move-to[open]");
    if (event.key !== "Escape" || !fold) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches?.("#move-to[open]") && !target.querySelector("select")) ask(target);
  }, true);
  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("[data-move-into]")) ask(target.closest("#move-to"), target.value);
  });
}

// The form of a move is asked for when it is opened, and again for each list that is chosen.
async function ask(fold, into = "") {
  const query = new URLSearchParams({ at: document.getElementById("state-at").value, into });
  fold.querySelector(".move-to-form")?.remove();
  await window.htmx.ajax("GET", `${fold.dataset.moveTo}?${query}`, { source: fold, target: fold, swap: "beforeend" });
  fold.querySelector(into ? "#move-after" : "#move-into")?.focus();
}

export function openMoves() {
  const fold = document.getElementById("move-to");
  if (!fold) return;
  fold.open = true;
  fold.querySelector("select")?.focus();
}
