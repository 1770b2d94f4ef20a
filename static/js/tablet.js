// What every tablet page runs.
import "./clock.js";
import "./forms.js";
import "./flash.js";
import "./scanner.js";
import "./pad.js";
import "./wipe.js";
import "./idle.js";
