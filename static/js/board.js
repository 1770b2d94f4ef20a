// Places bars in time: data-start and data-end are percent of the shown range. Dragging is for
// later; everything it would do, the Move… form does.
function place(part) {
  const start = Number(part.dataset.start);
  const end = Number(part.dataset.end ?? start);
  part.style.left = `${Math.max(0, start)}%`;
  part.style.width = `${Math.max(0, Math.min(100, end) - Math.max(0, start))}%`;
  part.classList.add("is-placed");
}

// A bar that runs under the now line starts its words right of the line.
function clearNow(bar, now) {
  const start = Math.max(0, Number(bar.dataset.start));
  const end = Math.min(100, Number(bar.dataset.end));
  const text = bar.querySelector(".bar-text");
  if (!text || !(start < now && end > now)) return;
  const width = bar.getBoundingClientRect().width;
  const at = ((now - start) / (end - start)) * width;
  const own = text.getBoundingClientRect().left - bar.getBoundingClientRect().left;
  if (at + 60 < width && own < at) text.style.paddingLeft = `${Math.ceil(at - own) + 8}px`;
}

function draw() {
  document.querySelectorAll("[data-board]").forEach((board) => {
    board.querySelectorAll("[data-start]").forEach(place);
    const now = Number(board.querySelector(".board-now [data-start]")?.dataset.start ?? NaN);
    if (Number.isFinite(now)) board.querySelectorAll(".bar").forEach((bar) => clearNow(bar, now));
  });
}

draw();
document.fonts?.ready.then(draw);
document.addEventListener("htmx:afterSwap", draw);
