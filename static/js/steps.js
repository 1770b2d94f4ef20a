// What the step still waits for, said on its one command; the pad follows the field one is in.
// Nothing is ever refused here: the server judges, and without script it does so alone.
const form = document.getElementById("step");
const primary = form && document.querySelector('button[data-primary][form="step"]');
const label = primary?.querySelector("[data-primary-label]");
const rest = label?.textContent;

const isEmpty = (field) => field.value.trim() === "" || field.getAttribute("aria-invalid") === "true" && field.matches("[data-scan-slot]");
const all = (selector) => [...form.querySelectorAll(selector)];
const words = (name, count) => (primary.dataset[name] || "").replace("%s", count);

function waitsFor() {
  const scans = all("[data-scan-slot]").filter(isEmpty).length;
  if (scans) return scans === 1 ? words("waitScan", 1) : words("waitScans", scans);
  if (all("[data-value], [data-needed]").some((field) => field.value.trim() === "")) return words("waitValue", 1);
  const checks = all("[data-check]:not(:checked)").length;
  if (checks) return checks === 1 ? words("waitCheck", 1) : words("waitChecks", checks);
  if (all("[data-pick]").length && !all("[data-pick]:checked").length) return words("waitChoice", 1);
  if (all("[data-ready]:not(:checked)").length) return words("waitReady", 1);
  return "";
}

function showWaiting() {
  if (!primary || primary.getAttribute("aria-busy") === "true") return;
  const waiting = waitsFor();
  primary.classList.toggle("btn-waiting", Boolean(waiting));
  if (waiting) label.textContent = waiting;
  else if (label.textContent === primary.dataset.shownWaiting) label.textContent = renamed() || rest;
  primary.dataset.shownWaiting = waiting;
}

// The reason's name of the command is the pad's to give; ours is only the waiting.
function renamed() {
  const hit = form.querySelector('[data-entry][data-hit="alert"], [data-entry][data-hit="action"]');
  return hit ? primary.dataset.labelReason : "";
}

function reconcile() {
  const sign = form.querySelector("[data-reconcile]");
  if (!sign) return;
  const [printed, applied, spoiled] = ["printed", "applied", "spoiled"].map((name) => form.elements[`v-${name}`]?.value ?? "");
  const known = [printed, applied, spoiled].every((text) => /^\d+$/.test(text));
  sign.hidden = !known || Number(printed) === Number(applied) + Number(spoiled);
}

// An addition without tolerance: any other quantity is an exception, said before it is sent.
function exactly() {
  const asked = form.querySelector("[data-asked]");
  const entry = asked?.nextElementSibling;
  const field = entry?.querySelector("[data-value]");
  if (!field) return;
  const typed = Number(field.value.replace(",", "."));
  entry.dataset.hit = field.value !== "" && typed !== Number(asked.dataset.asked) ? "alert" : "";
}

function look() {
  exactly();
  reconcile();
  showWaiting();
}

if (form && primary) {
  for (const kind of ["input", "change"]) document.addEventListener(kind, look);
  document.addEventListener("click", () => setTimeout(look));
  look();
}

// Several numbers, one pad: it writes into the one that was touched last.
const pad = form?.querySelector("[data-pad]");
const fields = form ? all("[data-value]") : [];
if (pad && fields.length > 1) {
  const choose = (field) => {
    pad.dataset.pad = field.id;
    fields.forEach((one) => {
      one.inputMode = "none";
      one.closest(".valuebox").classList.toggle("is-current", one === field);
    });
  };
  fields.forEach((field) => field.addEventListener("focus", () => choose(field)));
  choose(fields.find((field) => field.value === "") || fields[0]);
}

// A file is chosen by touching its box: the box says which one.
for (const field of form ? all('input[type="file"]') : []) {
  const said = field.closest(".filebox")?.querySelector("[data-file-name]");
  field.addEventListener("change", () => {
    if (said && field.files[0]) said.textContent = field.files[0].name;
  });
}

// A countdown that has ended changes what the step asks for: draw the page anew, unless the
// person has begun to write a reason.
document.addEventListener("countdown-ended", () => {
  const written = form && [...form.querySelectorAll("textarea")].some((field) => field.value);
  if (!written) location.reload();
});

document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
