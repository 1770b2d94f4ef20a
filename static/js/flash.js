// Right or wrong, like a checkout: the whole screen inverts, a tone sounds. Never red and green,
// at most two a second, and a still frame where motion is to be reduced.
const LENGTH = 180;
const STILL = 400;
const PAUSE = 320;
const ICONS = {
  right: '<svg class="icon icon-line" viewBox="0 0 24 24"><path d="m4.5 12.8 4.8 4.7L19.5 6.8"/></svg>',
  wrong: '<svg class="icon icon-line" viewBox="0 0 24 24"><path d="M6 6l12 12M18 6 6 18"/></svg>',
};
const TONES = { right: [660, 990], wrong: [440, 220], read: [880] };
let audio = null;
let showing = Promise.resolve();

/** Play the tone of a verdict: rising for right, falling for wrong, one short for a read. */
export function tone(kind) {
  // Before the first touch or key the browser lets no page sound.
  if (!navigator.userActivation?.hasBeenActive) return;
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
    TONES[kind].forEach((pitch, n) => note(pitch, audio.currentTime + n * 0.12));
  } catch {
    // A tablet without sound still has the screen.
  }
}

function note(pitch, at) {
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.frequency.value = pitch;
  volume.gain.setValueAtTime(0.18, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.11);
  source.connect(volume).connect(audio.destination);
  source.start(at);
  source.stop(at + 0.12);
}

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function once(kind, css, length) {
  const sheet = document.createElement("div");
  sheet.className = `flash ${css}`;
  sheet.setAttribute("aria-hidden", "true");
  // The sign lies beside the sheet: inside it, it would be blended away.
  const sign = document.createElement("div");
  sign.className = "flash-sign";
  sign.setAttribute("aria-hidden", "true");
  sign.innerHTML = ICONS[kind];
  document.body.append(sheet, sign);
  await wait(length);
  sheet.remove();
  sign.remove();
}

async function show(kind) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return once(kind, "flash-still", STILL);
  await once(kind, "flash-invert", LENGTH);
  if (kind === "wrong") {
    await wait(PAUSE);
    await once(kind, "flash-invert", LENGTH);
  }
  await wait(PAUSE);
}

/** Answer a scan by screen and tone; flashes queue, so that they never come faster than two a second. */
export function verdict(kind) {
  if (!(kind in ICONS)) return;
  tone(kind);
  showing = showing.then(() => show(kind));
}

const first = document.querySelector('[data-verdict="right"], [data-verdict="wrong"]');
if (first) verdict(first.dataset.verdict);
