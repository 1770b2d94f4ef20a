// A field saves itself when typing pauses, when it is left, and when the page is left. The server is
// told what the field showed before: what somebody else wrote meanwhile is never overwritten unseen.
import { editor, freshKey, inLine, isSending, net, send, state, token, told } from "./sending.js";

const PAUSE = 1000;
const BEACON = 60000; // bytes that a browser sends for a page that is gone
const saved = new WeakMap(); // field → the text of it that the server has, if it was not drawn with it
const touched = new WeakSet();
const heirs = new WeakMap(); // a field that was drawn anew → the new one
const timers = new WeakMap();
const refused = new WeakMap(); // field → the text that was refused
const conflicts = new Set(); // fields that somebody else changed
let composing = false;

const fieldOf = (event) => event.target.closest?.("#form [data-field]");
const isFlag = (field) => field.type === "checkbox";
const flag = (field, on) => (on ? "true" : field.dataset.off || "");
const valueOf = (field) => (isFlag(field) ? flag(field, field.checked) : field.value);
function drawn(field) {
  if (isFlag(field)) return flag(field, field.defaultChecked);
  if (field.options) return [...field.options].find((one) => one.defaultSelected)?.value ?? "";
  return field.defaultValue;
}
const shown = (field) => saved.get(field) ?? drawn(field);
const dirty = (field) => touched.has(field) && valueOf(field) !== shown(field);
function current(field) {
  while (!field.isConnected && heirs.has(field)) field = heirs.get(field);
  return field.isConnected ? field : null;
}
const allFields = () => [...editor.querySelectorAll("#form [data-field]")];
export const unsaved = () => allFields().filter(dirty);
const stuck = () => unsaved().filter((field) => conflicts.has(field) || refused.get(field) === valueOf(field));

// --- saving --------------------------------------------------------------------------------------

let accepted = null; // what is to be done as soon as the answer is there, before it is drawn

export function put(field, more = {}) {
  clearTimeout(timers.get(field));
  if (!dirty(field) || conflicts.has(field)) return Promise.resolve(200);
  let sent = null;
  return send(() => {
    sent = current(field);
    if (!sent || !dirty(sent) || conflicts.has(sent) || refused.get(sent) === valueOf(sent)) return null;
    const said = { act: "put", place: sent.dataset.field, widget: sent.dataset.widget || "",
      value: valueOf(sent), was: shown(sent), ...more };
    accepted = () => { saved.set(sent, said.value); refused.delete(sent); };
    return said;
  }, (code, said) => {
    accepted = null;
    if (code !== 200) refused.set(current(sent) || sent, said.value);
  });
}

function later(field) {
  clearTimeout(timers.get(field));
  // A name is part of the addresses of all that it names: it is saved whole, when it is left.
  if (composing || "names" in field.dataset || conflicts.has(field)) return;
  timers.set(field, setTimeout(() => { if (current(field)) put(current(field), { typing: "true" }); }, PAUSE));
}

editor?.addEventListener("input", (event) => {
  const field = fieldOf(event);
  if (!field) return;
  touched.add(field);
  if (conflicts.has(field)) showMine(field);
  else if (!isFlag(field) && !field.options) later(field);
  tell();
});
for (const name of ["change", "focusout"]) {
  editor?.addEventListener(name, (event) => {
    const field = fieldOf(event);
    if (!field) return;
    if (name === "change") touched.add(field);
    if (dirty(field)) put(field);
  });
}
editor?.addEventListener("compositionstart", () => { composing = true; });
editor?.addEventListener("compositionend", (event) => {
  composing = false;
  if (fieldOf(event)) later(fieldOf(event));
});

// Save everything that is not. Returns whether nothing is left.
export async function flush() {
  unsaved().forEach((field) => put(field));
  await inLine(() => {});
  return !unsaved().length;
}

// --- what the head says --------------------------------------------------------------------------

function tell() {
  const name = net.lost ? "lost" : stuck().length ? "refused" : isSending() ? "saving" : unsaved().length ? "unsaved" : "saved";
  document.querySelectorAll("#saved [data-state]").forEach((one) => { one.hidden = one.dataset.state !== name; });
}
told(tell);

// --- an answer is drawn ----------------------------------------------------------------------------

let kept = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  // Refusals come with what the page should show: they are swapped like any other answer.
  if ([403, 409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
  if (event.detail.xhr.status === 200 && net.body?.act === "put") accepted?.();
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  const made = fragment.querySelector?.(`#${target.id}`) ?? fragment;
  if (["outline", "compiler"].includes(target.id)) made.dataset.scroll = target.scrollTop;
  // Letters that are being put together (IME) are not disturbed: the news come again.
  if (composing && target.id === "form") event.detail.shouldSwap = false;
  if (composing && target.id === "toolbar") made.querySelector("#state-seq").value = state("seq");
  if (target.id === "refused" && conflicts.size && !made.childElementCount) event.detail.shouldSwap = false;
  if (target.id === "form" && event.detail.shouldSwap) kept = keep();
});
document.addEventListener("htmx:oobAfterSwap", () => {
  for (const pane of document.querySelectorAll("[data-scroll]")) {
    pane.scrollTop = Number(pane.dataset.scroll);
    delete pane.dataset.scroll;
  }
  const before = kept;
  kept = null;
  if (before) carry(before);
  findConflict();
  tell();
});

function keep() {
  const form = document.getElementById("form");
  const focus = document.activeElement?.closest?.("#form [data-field]");
  return {
    fields: unsaved(), focus, scroll: form.scrollTop, at: state("at"),
    range: focus && "selectionStart" in focus ? [focus.selectionStart, focus.selectionEnd] : null,
    open: [...form.querySelectorAll("details[open]")].map((one) => one.id),
  };
}

// What was typed and not saved is taken over into the fields that were drawn anew.
function carry(before) {
  const form = document.getElementById("form");
  const renamed = (place) => (form.dataset.from && `${place}/`.startsWith(`${form.dataset.from}/`)
    ? form.dataset.to + place.slice(form.dataset.from.length) : place);
  const heir = (field) => form.querySelector(`[data-field="${CSS.escape(renamed(field.dataset.field))}"]`);
  for (const field of before.fields) {
    const next = heir(field);
    if (!next) continue;
    heirs.set(field, next);
    saved.set(next, shown(field));
    touched.add(next);
    if (refused.has(field)) refused.set(next, refused.get(field));
    if (conflicts.delete(field)) conflicts.add(next);
    if (isFlag(next)) next.checked = field.checked;
    else next.value = field.value;
    later(next);
  }
  if (before.at !== state("at") && !form.dataset.from) return;
  before.open.forEach((id) => { const fold = document.getElementById(id); if (fold) fold.open = true; });
  form.scrollTop = before.scroll;
  const focus = before.focus && heir(before.focus);
  if (!focus) return;
  focus.focus({ preventScroll: true });
  if (before.range && before.range[0] !== null) focus.setSelectionRange(...before.range);
}

// --- somebody else changed the same field ----------------------------------------------------------

const card = () => document.getElementById("conflict");
const inConflict = () => card() && editor.querySelector(`#form [data-field="${CSS.escape(card().dataset.conflict)}"]`);

function findConflict() {
  const field = inConflict();
  if (field && dirty(field)) conflicts.add(field);
}
function showMine(field) {
  const mine = card()?.querySelector("[data-mine]");
  if (mine && inConflict() === field) mine.textContent = isFlag(field) || field.options ? mine.textContent : field.value;
}
function settle(field, theirs, isMine) {
  conflicts.delete(field);
  refused.delete(field);
  saved.set(field, theirs);
  document.getElementById("refused").replaceChildren();
  if (isMine) put(field);
  else if (isFlag(field)) field.checked = theirs === "true";
  else field.value = theirs;
  field.focus();
  tell();
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-choose]");
  const field = button && inConflict();
  if (field) settle(field, card().dataset.theirs, button.dataset.choose === "mine");
});
export function isInConflict() {
  const first = conflicts.size && unsaved().some((field) => conflicts.has(field)) && card()?.querySelector("[data-choose]");
  if (first) first.focus();
  return Boolean(first);
}

// --- the page is left --------------------------------------------------------------------------------

// A link waits until all is saved, and a form that goes on with the draft as well.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !editor || !plain || link.target || !(unsaved().length || isSending())) return;
  event.preventDefault();
  event.stopPropagation();
  leave(() => { location.assign(link.href); });
}, true);
window.addEventListener("submit", (event) => {
  if (!editor || !(unsaved().length || isSending())) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const action = event.target.getAttribute("action");
  leave(() => {
    const again = event.target.isConnected ? event.target : document.querySelector(`form[action="${CSS.escape(action)}"]`);
    again?.requestSubmit();
  });
}, true);
async function leave(go) {
  if (await flush()) go();
  else if (!isInConflict()) unsaved()[0]?.focus();
}

function beacons() {
  return unsaved().filter((field) => !conflicts.has(field)).map((field) => {
    const body = new URLSearchParams({
      key: freshKey(), at: state("at"), csrfmiddlewaretoken: token(), act: "put", place: field.dataset.field,
      widget: field.dataset.widget || "", value: valueOf(field), was: shown(field),
    });
    // What is on its way may have arrived, or not.
    if (net.body?.place === field.dataset.field) body.append("was", net.body.value);
    return body;
  });
}
const length = (bodies) => bodies.reduce((sum, body) => sum + body.toString().length, 0);

window.addEventListener("beforeunload", (event) => {
  if (stuck().length || net.lost || length(beacons()) > BEACON) event.preventDefault();
});
window.addEventListener("pagehide", () => {
  const bodies = editor ? beacons() : [];
  if (bodies.length) sessionStorage.setItem("draft-left", editor.dataset.edit);
  bodies.forEach((body) => fetch(editor.dataset.edit, { method: "POST", body, keepalive: true }));
});
// The page that comes back may be drawn before the last words have arrived: it asks soon for news.
export function wasLeftUnsaved() {
  const left = sessionStorage.getItem("draft-left") === editor?.dataset.edit;
  if (left) sessionStorage.removeItem("draft-left");
  return left;
}
