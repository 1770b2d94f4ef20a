// The draft as text: numbers beside its lines, and the way from a message to its line.
const area = document.querySelector("textarea.code");
const form = area?.form;
const AROUND = 4; // lines that stay in sight above the one that is shown

function numbered() {
  const box = document.createElement("div");
  const numbers = document.createElement("pre");
  box.className = "numbered";
  numbers.className = "line-numbers";
  numbers.setAttribute("aria-hidden", "true");
  area.before(box);
  box.append(numbers, area);
  area.setAttribute("wrap", "off");
  let count = 0;
  const count_lines = () => {
    const now = area.value.split("\n").length;
    if (now !== count) numbers.textContent = Array.from({ length: now }, (_, index) => index + 1).join("\n");
    count = now;
  };
  const follow = () => { numbers.scrollTop = area.scrollTop; };
  area.addEventListener("input", () => { count_lines(); follow(); });
  area.addEventListener("scroll", follow);
  count_lines();
}

function show(line) {
  const before = area.value.split("\n").slice(0, line - 1);
  const start = before.reduce((sum, text) => sum + text.length + 1, 0);
  const end = area.value.indexOf("\n", start);
  area.focus({ preventScroll: true });
  area.setSelectionRange(start, end < 0 ? area.value.length : end);
  area.scrollTop = Math.max(0, line - 1 - AROUND) * parseFloat(getComputedStyle(area).lineHeight);
  area.scrollLeft = 0;
  area.scrollIntoView({ block: "nearest" });
}

if (area) numbered();
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-line]");
  if (!link || !area) return;
  event.preventDefault();
  show(Number(link.dataset.line));
});

// The text is saved by its button: who leaves before is asked.
let sent = false;
form?.addEventListener("submit", () => { sent = true; });
window.addEventListener("beforeunload", (event) => {
  if (area && !sent && !area.readOnly && area.value !== area.defaultValue) event.preventDefault();
});
