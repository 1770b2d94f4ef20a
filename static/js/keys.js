// Desk keys: / goes to the jump box, j and k walk the rows, a letter presses what carries it in the
// present row. They can be turned off (WCAG 2.1.4) and never act while somebody writes.
const STORE = "keys";
const off = () => localStorage.getItem(STORE) === "off";
const isWriting = (target) => target.matches?.("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
}

function present() {
  return document.activeElement?.closest?.("[data-row]") || document.querySelector('[data-row][aria-current="true"]');
}

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(present());
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
  if (next.tabIndex < 0 && !next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus();
}

function press(key) {
  const escaped = CSS.escape(key);
  const row = present();
  const target = row?.querySelector(`[data-key="${escaped}"]`) || document.querySelector(`[data-page-key="${escaped}"]`);
  if (target) target.click();
  return Boolean(target);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && event.target.id === "jump") return event.target.blur();
  if (off() || isWriting(event.target)) return;
  if (event.key === "/") {
    const jump = document.getElementById("jump");
    if (jump) event.preventDefault();
    return jump?.focus();
  }
  if (event.key === "j") return walk(1);
  if (event.key === "k") return walk(-1);
  if (event.key === "Enter" && !event.target.matches?.("[data-row]")) return;
  if (press(event.key)) event.preventDefault();
});

document.querySelectorAll("[data-keys-toggle]").forEach((button) => {
  const show = () => { button.textContent = off() ? button.dataset.wordOn : button.dataset.wordOff; };
  show();
  button.addEventListener("click", () => {
    localStorage.setItem(STORE, off() ? "on" : "off");
    show();
  });
});

// An open menu closes when something else is pressed, or by Escape, which gives the focus back.
document.addEventListener("pointerdown", (event) => {
  document.querySelectorAll("details.who[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.who[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
