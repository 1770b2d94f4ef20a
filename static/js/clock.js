// Safe-until countdowns and the page clock. The server has drawn both already; this only ages them.
import { inWords, serverNow } from "./time.js";

const SOON = 15 * 60 * 1000;
const WITHOUT_START = 4 * 60 * 60 * 1000;

function ageSafeUntil(cell) {
  const until = Date.parse(cell.dataset.until);
  const from = Date.parse(cell.dataset.from || "") || until - WITHOUT_START;
  const left = until - serverNow();
  cell.classList.toggle("is-soon", left > 0 && left < SOON);
  cell.classList.toggle("is-missed", left <= 0);
  const words = left > 0 ? cell.dataset.wordLeft : cell.dataset.wordMissed;
  const rest = cell.querySelector("[data-safe-rest]");
  if (rest && words) rest.textContent = words.replace("%s", inWords(left));
  const part = Math.max(0, Math.min(1, left / (until - from)));
  cell.querySelector("[data-safe-bar]")?.setAttribute("width", `${(part * 100).toFixed(1)}%`);
}

function agePageClock(clock) {
  const zone = document.body.dataset.zone || "UTC";
  const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  if ("withDay" in clock.dataset) Object.assign(style, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  if ("seconds" in clock.dataset) style.second = "2-digit";
  const parts = new Intl.DateTimeFormat(document.documentElement.lang || "en", { ...style, timeZoneName: "short" }).formatToParts(serverNow());
  const part = (type) => parts.find((one) => one.type === type)?.value ?? "";
  const time = [part("hour"), part("minute"), part("second")].filter(Boolean).join(":");
  const day = "withDay" in clock.dataset ? `${part("weekday")} ${part("day")} ${part("month")} ${part("year")}, ` : "";
  // The server writes the zone's own letters (CET), which browsers often do not know.
  clock.dataset.letters ||= clock.textContent.trim().split(" ").pop();
  clock.textContent = `${day}${time} ${clock.dataset.letters}`;
}

function ageCountdown(timer) {
  const left = Date.parse(timer.dataset.countdown) - serverNow();
  const seconds = Math.max(0, Math.ceil(left / 1000));
  timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (left <= 0 && !timer.dataset.ended) {
    timer.dataset.ended = "yes";
    timer.dispatchEvent(new CustomEvent("countdown-ended", { bubbles: true }));
  }
}

function age() {
  document.querySelectorAll("[data-safe]").forEach(ageSafeUntil);
  document.querySelectorAll("[data-page-clock]").forEach(agePageClock);
  document.querySelectorAll("[data-countdown]").forEach(ageCountdown);
}

age();
setInterval(age, 1000);
document.addEventListener("htmx:afterSwap", age);
