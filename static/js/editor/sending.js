// One change after another goes to the server. What the network lost is sent again, with its key.
export const editor = document.getElementById("editor");
const RETRY = 4000;
let line = Promise.resolve();
let waiting = 0;
let status = 0;
let tell = () => {};

export const told = (show) => { tell = show; };
export const isSending = () => waiting > 0;
export const net = { lost: false, body: null };

export const state = (name) => document.getElementById(`state-${name}`)?.value
  ?? document.querySelector("#state-key-holder input")?.value ?? "";
export const token = () => editor.querySelector("[name=csrfmiddlewaretoken]").value;

// What a command is known by (UUIDv7), where the page's own key is used already.
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  bytes[0] = (bytes[0] & 0x0f) | 0x70;
  bytes[2] = (bytes[2] & 0x3f) | 0x80;
  const random = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const hex = Date.now().toString(16).padStart(12, "0") + random;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// An answer of the editor names the address to show; a page of the sign-in or of a gateway does not.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt !== editor) return;
  const code = detail.xhr.status;
  status = code === 204 || detail.xhr.getResponseHeader("HX-Replace-Url") || (code >= 400 && code < 500) ? code : 0;
});

// Do one thing when all before it are done. Returns the answer's status.
export function inLine(todo) {
  line = line.then(todo).catch(() => 0);
  return line;
}

// Send what `values` gives when its turn has come; nothing when it gives null.
export function send(values, after = () => {}) {
  waiting += 1;
  tell();
  return inLine(async () => {
    const said = typeof values === "function" ? values() : values;
    const code = said ? await posted(said) : 200;
    if (said) after(code, said);
    return code;
  }).finally(() => { waiting -= 1; tell(); });
}

async function posted(said) {
  net.body = { key: state("key"), seq: state("seq"), at: state("at"), csrfmiddlewaretoken: token(), ...said };
  for (;;) {
    status = 0;
    await window.htmx.ajax("POST", editor.dataset.edit, { source: editor, swap: "none", values: net.body }).catch(() => {});
    if (status) break;
    net.lost = true;
    tell();
    await new Promise((go) => { setTimeout(go, RETRY); });
  }
  net.lost = false;
  net.body = null;
  return status;
}
