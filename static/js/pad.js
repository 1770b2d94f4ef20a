// The pad writes into its field; the scale shows where the value falls before it is sent. The
// server judges again: here nothing is ever refused.
const number = (text) => (text.trim() === "" ? NaN : Number(text.trim().replace(",", ".")));

function pointsOf(scale) {
  return scale.dataset.points.split(" ").filter(Boolean).map((one) => {
    const [name, value, place] = one.split(":");
    return { name, value: Number(value), place: Number(place) };
  });
}

/** Percent of the scale's width at which a value falls. */
export function placeOf(points, value) {
  const clamp = (place) => Math.max(3, Math.min(97, place));
  if (points.length === 0) return 50;
  if (points.length === 1) {
    const [{ value: mark, place }] = points;
    return value === mark ? place : clamp(value < mark ? place / 2 : (place + 100) / 2);
  }
  let n = points.findIndex((point, at) => at > 0 && value <= point.value);
  if (n < 0) n = points.length - 1;
  const [low, high] = [points[n - 1], points[n]];
  return clamp(low.place + ((value - low.value) / (high.value - low.value || 1)) * (high.place - low.place));
}

/** in, alert or action; a value on a limit is inside it. */
export function kindOf(points, value) {
  const at = Object.fromEntries(points.map((point) => [point.name, point.value]));
  if (value < at.action_low || value > at.action_high) return "action";
  if (value < at.alert_low || value > at.alert_high) return "alert";
  return "in";
}

function drawScale(scale, text) {
  const points = pointsOf(scale);
  const value = number(text);
  const marker = scale.querySelector("[data-marker]");
  const known = Number.isFinite(value);
  const kind = known ? kindOf(points, value) : "";
  const place = known ? placeOf(points, value) : 50;
  scale.dataset.hit = kind;
  marker.setAttribute("visibility", known ? "visible" : "hidden");
  marker.setAttribute("x", `${place}%`);
  markerText(marker, text);
  scale.querySelectorAll("[data-zone]").forEach((zone) => {
    const inside = place >= Number(zone.dataset.start) && place <= Number(zone.dataset.end);
    zone.classList.toggle("is-hit", known && inside && zone.dataset.zone === kind);
  });
  return kind;
}

function markerText(marker, text) {
  const words = marker.querySelector("[data-marker-text]");
  const flag = marker.querySelector("[data-marker-flag]");
  words.textContent = text;
  const width = Math.max(34, words.getComputedTextLength() + 22);
  flag.setAttribute("width", width);
  flag.setAttribute("x", -width / 2);
}

function primaryOf(form) {
  return document.querySelector(`[data-primary][form="${form.id}"]`) || form.querySelector("[data-primary]");
}

function renamePrimary(field, kind) {
  const primary = field.form && primaryOf(field.form);
  const label = primary?.querySelector("[data-primary-label]");
  if (!label || primary.dataset.rest) return;
  primary.dataset.labelRest ||= label.textContent;
  const empty = field.value === "" && primary.dataset.labelWaiting;
  const reason = (kind === "alert" || kind === "action") && primary.dataset.labelReason;
  label.textContent = empty ? primary.dataset.labelWaiting : reason ? primary.dataset.labelReason : primary.dataset.labelRest;
  primary.classList.toggle("btn-waiting", Boolean(empty));
  const note = primary.querySelector("[data-primary-note]");
  const unit = field.closest(".valuebox")?.querySelector(".unit")?.textContent ?? "";
  if (note && field.hasAttribute("data-value")) note.textContent = field.value ? `${field.value} ${unit}`.trim() : "";
}

function showEntry(field) {
  const entry = field.closest("[data-entry]");
  field.closest(".valuebox")?.classList.toggle("is-empty", field.value === "");
  const scale = entry?.querySelector("[data-scale]");
  const kind = scale ? drawScale(scale, field.value) : "";
  if (entry) entry.dataset.hit = kind;
  renamePrimary(field, kind);
}

function showPin(field) {
  const boxes = field.closest("[data-pin]").querySelector(".pinboxes");
  const least = Number(field.minLength) || 6;
  while (boxes.children.length < field.value.length) boxes.append(document.createElement("span"));
  while (boxes.children.length > Math.max(least, field.value.length)) boxes.lastElementChild.remove();
  [...boxes.children].forEach((box, n) => {
    box.className = n < field.value.length ? "is-full" : n === field.value.length ? "is-next" : "";
  });
  const primary = primaryOf(field.form);
  const missing = least - field.value.length;
  if (!primary) return;
  primary.classList.toggle("btn-waiting", missing > 0);
  const note = primary.querySelector("[data-primary-note]");
  if (note) note.textContent = missing > 1 ? field.dataset.wordToGo.replace("%s", missing) : missing === 1 ? field.dataset.wordOne : "";
}

function show(field) {
  if (field.closest("[data-pin]")) showPin(field);
  else showEntry(field);
}

function write(field, key) {
  const limit = field.maxLength > 0 ? field.maxLength : 16;
  const sign = key.dataset.digit;
  if ("sign" in key.dataset) field.value = field.value.startsWith("-") ? field.value.slice(1) : `-${field.value}`;
  else if ("delete" in key.dataset) field.value = field.value.slice(0, -1);
  else if (/[.,]/.test(sign) && /[.,]/.test(field.value)) return;
  else if (field.value.length < limit && !tooFine(field)) field.value += sign;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function tooFine(field) {
  const decimals = field.dataset.decimals;
  const after = field.value.split(/[.,]/)[1];
  return decimals !== undefined && decimals !== "" && after !== undefined && after.length >= Number(decimals);
}

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-pad] .key");
  if (!key) return;
  const field = document.getElementById(key.closest("[data-pad]").dataset.pad);
  if (field) write(field, key);
});

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-value], .pin-input")) show(event.target);
});

// Pressing a primary that still waits takes the person to what it waits for.
document.addEventListener("click", (event) => {
  const primary = event.target.closest?.("button[data-primary].btn-waiting");
  if (!primary) return;
  event.preventDefault();
  const form = primary.form;
  (form?.querySelector("[data-value], .pin-input, [data-scan-slot]"))?.focus();
});

document.querySelectorAll("[data-value], .pin-input").forEach((field) => {
  // Our pad is on the page; the system's keyboard would cover the step.
  if (document.querySelector(`[data-pad="${CSS.escape(field.id)}"]`)) field.inputMode = "none";
  show(field);
});
