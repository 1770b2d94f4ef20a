// What every desk page runs.
import "./clock.js";
import "./forms.js";
import "./keys.js";
import "./pad.js";

document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
