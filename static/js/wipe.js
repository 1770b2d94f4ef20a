// Wiping: 60 s in which touch and scanner do nothing. Ended early by two presses far apart.
const CONFIRM = 5000;
const cover = document.querySelector("[data-wipe-cover]");
let counting = 0;
let asking = 0;
let opener = null;

const others = () => [...document.body.children].filter((part) => part !== cover && part.tagName !== "SCRIPT" && !part.hasAttribute("data-idle-cover"));

function ends() {
  clearInterval(counting);
  clearTimeout(asking);
  cover.hidden = true;
  cover.querySelector("[data-wipe-confirm]").hidden = true;
  document.documentElement.removeAttribute("data-scanner-rests");
  others().forEach((part) => part.removeAttribute("inert"));
  opener?.focus();
}

function starts(seconds, button) {
  const end = performance.now() + seconds * 1000;
  const count = cover.querySelector("[data-wipe-count]");
  const clock = cover.querySelector("[data-wipe-clock]");
  opener = button;
  others().forEach((part) => part.setAttribute("inert", ""));
  document.documentElement.setAttribute("data-scanner-rests", "");
  cover.hidden = false;
  const show = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    count.textContent = `${Math.max(0, left)} s`;
    // The cells' clock stays in sight.
    clock.textContent = document.querySelector("[data-safe] .t-head-big")?.textContent.trim().replace(/\s+/g, " ") ?? "";
    if (left <= 0) ends();
  };
  show();
  counting = setInterval(show, 250);
}

function asks() {
  const confirm = cover.querySelector("[data-wipe-confirm]");
  confirm.hidden = false;
  clearTimeout(asking);
  asking = setTimeout(() => { confirm.hidden = true; }, CONFIRM);
}

document.addEventListener("click", (event) => {
  if (!cover) return;
  const button = event.target.closest?.("[data-wipe], [data-wipe-end], [data-wipe-confirm]");
  if (!button) return;
  if ("wipe" in button.dataset) starts(Number(button.dataset.wipe) || 60, button);
  else if ("wipeEnd" in button.dataset) asks();
  else ends();
});
