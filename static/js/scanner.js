// The scanner is a keyboard that types fast. It is armed wherever the focus is: a burst that ends
// in Enter fills the next waiting code of the form `data-scan`; the last one sends the form.
import { tone, verdict } from "./flash.js";

const FASTEST_HAND = 45; // ms between keys; people who type are slower, scanners much faster
const SHORTEST = 4;
let burst = "";
let before = 0;
let fast = true;

const forms = () => [...document.querySelectorAll("form[data-scan]")];
const slots = (form) => [...form.querySelectorAll("[data-scan-slot]")];
const isPaused = () => document.documentElement.hasAttribute("data-scanner-rests");
const KEPT = "badge-read-while-locked";

// A badge read while entry is locked goes to the page that unlocks; not by its address, which is logged.
function unlockWith(code) {
  const link = document.querySelector("[data-idle-cover] a[href]");
  if (document.documentElement.dataset.scannerRests !== "locked" || !link) return false;
  sessionStorage.setItem(KEPT, code);
  location.assign(link.href);
  return true;
}

// One's own badge where no badge is asked for: the person leaves. The page knows it by a hash only.
async function isOwnBadge(code) {
  const { badgeOut, badgeSalt } = document.body.dataset;
  if (!badgeOut || isPaused() || document.querySelector('[data-scan-slot][name="badge"]') || !globalThis.crypto?.subtle) return false;
  const plain = code.replace(/^\][A-Za-z][0-9A-Za-z]/, "").trim().toLowerCase();
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(badgeSalt + plain));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("") === badgeOut;
}

async function takeScan(code) {
  if (await isOwnBadge(code)) document.dispatchEvent(new Event("badge-out"));
  else take(code);
}

function isWriting(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]") && !target.matches("[data-scan-slot]");
}

// A code that was refused waits again; the next scan takes its place.
const isWaiting = (slot) => !slot.value || slot.getAttribute("aria-invalid") === "true";

/** The slot that a code is for: the first waiting one that takes its data identifier, else the first waiting one.
 * A badge gives way to the next one: after a refusal another person may sign. */
export function slotFor(form, code) {
  const waiting = slots(form).filter(isWaiting);
  if (!waiting.length) return slots(form).find((slot) => "scanAgain" in slot.dataset);
  const plain = code.replace(/^\][A-Za-z][0-9A-Za-z]/, "");
  return waiting.find((slot) => slot.dataset.accepts && plain.startsWith(slot.dataset.accepts)) || waiting.find((slot) => !slot.dataset.accepts) || waiting[0];
}

function fill(slot, code, how) {
  slot.value = code;
  slot.removeAttribute("aria-invalid");
  const row = slot.closest("[data-scan-row]");
  row?.classList.add("is-read");
  row?.classList.remove("is-wrong");
  const mark = row?.querySelector("[data-scan-how]");
  if (mark) mark.value = how;
  const state = row?.querySelector("[data-scan-state]");
  if (state) state.textContent = how === "typed" ? state.dataset.wordTyped : state.dataset.wordRead;
}

/** Take a code into the armed form. Returns whether there was a form that waited for one. */
export function take(code, how = "scanned") {
  const form = forms()[0];
  if (!form || isPaused()) return false;
  const slot = slotFor(form, code);
  if (!slot) {
    verdict("wrong");
    return false;
  }
  fill(slot, code, how);
  slot.dispatchEvent(new Event("change", { bubbles: true }));
  tone("read");
  settle(form);
  return true;
}

function waitingWords(form, left) {
  const primary = document.querySelector(`[data-primary][form="${form.id}"], form#${CSS.escape(form.id || "-")} [data-primary]`);
  if (!primary?.dataset.labelScans) return;
  primary.classList.toggle("btn-waiting", left > 0);
  const part = primary.querySelector("[data-primary-label]");
  primary.dataset.labelRest ||= part.textContent;
  part.textContent = left > 0 ? primary.dataset.labelScans.replace("%s", left) : primary.dataset.labelRest;
}

// All codes read: the step goes on by itself; an irreversible one (data-scan="ask") still asks.
function settle(form) {
  const left = slots(form).filter(isWaiting);
  waitingWords(form, left.length);
  if (left.length === 0 && form.dataset.scan !== "ask" && !form.querySelector("[data-pin]")) form.requestSubmit();
  else if (left.length === 0) form.querySelector(".pin-input")?.focus();
}

function forget() {
  burst = "";
  fast = true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  // When the key was pressed, not when a busy page got round to it.
  const now = event.timeStamp;
  if (event.key === "Enter") {
    const code = burst;
    const scanned = fast && code.length >= SHORTEST && now - before < FASTEST_HAND * 4;
    forget();
    if (scanned && unlockWith(code)) {
      event.preventDefault();
    } else if (scanned && forms().length) {
      event.preventDefault();
      event.stopPropagation();
      const field = event.target;
      // What a scanner typed into some other field was meant for the step, not for that field.
      if (field instanceof HTMLInputElement && field.value.endsWith(code)) field.value = field.value.slice(0, -code.length);
      takeScan(code);
    } else if (scanned && document.body.dataset.badgeOut && !isWriting(event.target)) {
      event.preventDefault();
      takeScan(code);
    } else if (event.target.matches?.("[data-scan-slot]") && event.target.value) {
      event.preventDefault();
      const slot = event.target;
      fill(slot, slot.value, "typed");
      const form = slot.closest("form[data-scan]");
      const next = slots(form).find(isWaiting);
      if (next) next.focus();
      else settle(form);
    }
    return;
  }
  if (event.key.length !== 1) return;
  if (burst && now - before > FASTEST_HAND) {
    // A pause: what came before was typed by hand.
    burst = "";
  }
  fast = burst === "" ? true : fast;
  burst += event.key;
  before = now;
  // Nothing may press a button or scroll the page while a code comes in.
  if (!isWriting(event.target) && !event.target.matches?.("[data-scan-slot]") && event.key === " ") event.preventDefault();
}, true);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-scan-type]");
  if (!button) return;
  const form = button.closest("form[data-scan]") || forms()[0];
  form?.classList.toggle("is-typing");
  slots(form).find(isWaiting)?.focus();
});

const kept = sessionStorage.getItem(KEPT);
if (kept && document.querySelector('[data-scan-slot][name="badge"]')) {
  sessionStorage.removeItem(KEPT);
  take(kept);
}

forms().forEach((form) => {
  waitingWords(form, slots(form).filter(isWaiting).length);
  if (form.querySelector('[aria-invalid="true"][data-scan-slot]')) form.classList.add("is-typing");
});
