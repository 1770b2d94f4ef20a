// A press counts once: gloves hit twice. The label says what happens, place and size stay.
const SWALLOW = 600;
const sent = new WeakMap();

function primaryOf(form) {
  return document.querySelector(`button[type="submit"][form="${form.id}"][data-primary]`) || form.querySelector("button[type=submit]");
}

function label(button) {
  return button.querySelector("[data-primary-label]") || button;
}

function showSending(button) {
  const { width, height } = button.getBoundingClientRect();
  button.style.minWidth = `${Math.ceil(width)}px`;
  button.style.minHeight = `${Math.ceil(height)}px`;
  const part = label(button);
  if (!button.dataset.rest) {
    button.dataset.rest = part.textContent;
    part.textContent = button.dataset.sending || document.documentElement.dataset.sending || "Saving…";
  }
  // Not `disabled`: a disabled button's own name and value would not be sent.
  button.setAttribute("aria-busy", "true");
}

function restore(button) {
  if (!button?.dataset.rest) return;
  label(button).textContent = button.dataset.rest;
  delete button.dataset.rest;
  button.removeAttribute("aria-busy");
  button.style.minWidth = button.style.minHeight = "";
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
  const last = sent.get(form);
  if (last !== undefined && performance.now() - last < SWALLOW) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  sent.set(form, performance.now());
  const button = event.submitter?.type === "submit" ? event.submitter : primaryOf(form);
  if (button) showSending(button);
});

// Links that look like buttons are pressed twice as well.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.btn");
  if (!link) return;
  const last = sent.get(link);
  if (last !== undefined && performance.now() - last < SWALLOW) event.preventDefault();
  else sent.set(link, performance.now());
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) restore(primaryOf(form));
});
window.addEventListener("pageshow", () => document.querySelectorAll("button[data-rest]").forEach(restore));

// Ctrl or Cmd with Enter sends the form that is being written.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(primaryOf(form) || undefined);
});

// Copying an identifier gives it without spaces.
document.addEventListener("copy", (event) => {
  const selection = document.getSelection();
  const id = selection?.anchorNode?.parentElement?.closest("[data-copy]");
  if (!id || !id.contains(selection.focusNode)) return;
  event.clipboardData.setData("text/plain", id.dataset.copy);
  event.preventDefault();
});

// A refusal that came with the page is brought into sight; its role speaks it.
document.querySelector("[data-refusal], .idrow-error[role=alert]")?.scrollIntoView({ block: "nearest" });
