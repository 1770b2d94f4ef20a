// After a while without a touch entry locks: instruction, timers and alarms stay in sight, what was
// typed stays in its fields, and the badge opens it again.
const cover = document.querySelector("[data-idle-cover]");
const seconds = Number(document.body.dataset.idleSeconds);
let last = performance.now();
let locked = false;

function freeze() {
  locked = true;
  document.querySelectorAll("main, footer").forEach((part) => {
    part.querySelectorAll("form, button, a, input, .pad").forEach((entry) => entry.setAttribute("inert", ""));
  });
  document.documentElement.dataset.scannerRests = "locked";
  cover.hidden = false;
  cover.querySelector("a")?.focus();
}

function lock() {
  freeze();
  const form = cover.querySelector("[data-idle-form]");
  if (form) fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" }).catch(() => {});
}

// The server locked it already, and the page was opened again.
if (cover && !cover.hidden) freeze();

if (cover && seconds > 0) {
  for (const kind of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(kind, () => { last = performance.now(); }, { capture: true, passive: true });
  }
  setInterval(() => {
    if (!locked && performance.now() - last >= seconds * 1000) lock();
  }, 500);
}
