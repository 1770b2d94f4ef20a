// After a while without a touch entry locks: instruction, timers and alarms stay in sight, what was
// typed stays in its fields, and the badge opens it again. One's own badge, scanned where none is asked for,
// locks at once.
const cover = document.querySelector("[data-idle-cover]");
const seconds = Number(document.body.dataset.idleSeconds);
let last = performance.now();
let locked = false;

function freeze(kind = "idle") {
  locked = true;
  cover.dataset.cover = kind;
  cover.querySelectorAll("[data-cover-kind]").forEach((part) => { part.hidden = part.dataset.coverKind !== kind; });
  document.querySelectorAll("main, footer").forEach((part) => {
    part.querySelectorAll("form, button, a, input, .pad").forEach((entry) => entry.setAttribute("inert", ""));
  });
  document.documentElement.dataset.scannerRests = "locked";
  cover.hidden = false;
  cover.querySelector("a")?.focus();
}

function lock(kind) {
  freeze(kind);
  const form = cover.querySelector("[data-idle-form]");
  if (form) fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" }).catch(() => {});
}

// The server locked it already, and the page was opened again.
if (cover && !cover.hidden) freeze();

if (cover && seconds > 0) {
  for (const kind of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(kind, () => { last = performance.now(); }, { capture: true, passive: true });
  }
  document.addEventListener("badge-out", () => { if (!locked) lock("badge"); });
  setInterval(() => {
    if (!locked && performance.now() - last >= seconds * 1000) lock("idle");
  }, 500);
}
