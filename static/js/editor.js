// The editor of a draft. Every change is sent as soon as it is made, one after another; the answer
// brings the parts of the page that changed. What is being typed is never drawn over.
const editor = document.getElementById("editor");
const NEWS = 3000;
let line = Promise.resolve();
let waiting = 0;

const state = (name) => document.getElementById(`state-${name}`)?.value
  ?? document.querySelector("#state-key-holder input")?.value ?? "";

function send(values) {
  waiting += 1;
  line = line.then(() => window.htmx.ajax("POST", editor.dataset.edit, {
    source: editor, swap: "none",
    values: { key: state("key"), seq: state("seq"), at: state("at"),
      csrfmiddlewaretoken: editor.querySelector("[name=csrfmiddlewaretoken]").value, ...values },
  })).catch(() => {}).finally(() => { waiting -= 1; });
  return line;
}

// Refusals come with what the page should show: they are swapped like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
});

function put(field) {
  const value = field.type === "checkbox" ? (field.checked ? "true" : "") : field.value;
  send({ act: "put", place: field.dataset.field, widget: field.dataset.widget || "", value });
}

editor?.addEventListener("change", (event) => {
  const field = event.target.closest("[data-field]");
  if (field) put(field);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-act]");
  if (!button || !editor) return;
  event.preventDefault();
  act(button.dataset.act, button.dataset.place || "");
});

function act(what, place) {
  if (what !== "add-behind") return send({ act: what, place });
  const parts = place.split("/");
  return send({ act: "add", place: parts.slice(0, -1).join("/"), after: parts.at(-1) });
}

// Keys: Ctrl+Z outside a field, Alt with an arrow moves the thing that is looked at.
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
  }
});

// Dragging a step in the outline puts it behind the step that it is dropped on.
let dragged = "";
const rowOf = (event) => event.target.closest?.("#outline [data-place]");
document.addEventListener("dragstart", (event) => { dragged = rowOf(event)?.dataset.place || ""; });
document.addEventListener("dragover", (event) => {
  const row = rowOf(event);
  if (!dragged || !row?.draggable) return;
  event.preventDefault();
  document.querySelectorAll(".is-over").forEach((one) => one.classList.remove("is-over"));
  row.classList.add("is-over");
});
document.addEventListener("drop", (event) => {
  const row = rowOf(event);
  if (!dragged || !row?.draggable || row.dataset.place === dragged) return;
  event.preventDefault();
  const parts = row.dataset.place.split("/");
  send({ act: "move", place: dragged, into: parts.slice(0, -1).join("/"), after: parts.at(-1) });
  dragged = "";
});

// What others change comes by itself. A form in which somebody types waits until they have left it.
const typing = () => {
  const field = document.activeElement?.closest?.("#form [data-field]");
  return Boolean(field && field.type !== "checkbox" && field.value !== (field.defaultValue ?? field.value));
};
async function news() {
  if (waiting || typing() || document.hidden) return;
  const query = new URLSearchParams({ seq: state("seq"), at: state("at") });
  await window.htmx.ajax("GET", `${editor.dataset.news}?${query}`, { source: editor, swap: "none" });
}
if (editor?.hasAttribute("data-open")) setInterval(() => { line = line.then(news).catch(() => {}); }, NEWS);

// The tablet's page is drawn at its own size and shrunk to the room there is.
const shrink = new ResizeObserver((entries) => entries.forEach(({ target, contentRect }) => {
  target.style.setProperty("--shrink", contentRect.width / 1280);
}));
const watch = () => document.querySelectorAll(".preview-frame").forEach((frame) => shrink.observe(frame));
watch();
document.addEventListener("htmx:oobAfterSwap", watch);
