// The time of the server: read once from the page, then carried on by the monotonic clock, so
// that neither a wrong tablet clock nor a change of it moves "safe until".
const started = performance.now();
const shown = Date.parse(document.body.dataset.now || "") || Date.now();

/** Milliseconds since the epoch, as the server counts them. */
export function serverNow() {
  return shown + (performance.now() - started);
}

/** A length in its two largest units: "47 min", "2 h 5 min". */
export function inWords(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  if (minutes < 1) return `${Math.floor(Math.abs(milliseconds) / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
