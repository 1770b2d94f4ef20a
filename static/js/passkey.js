// Passkeys: the browser asks the authenticator; allauth's script turns JSON into buffers and back.
// A form with data-passkey ("make" or "use") fetches its question, and goes on with the answer.
// A button with data-passkey-sign does so for its form, in place of name and password.
const translated = window.webauthnJSON;

async function question(form, address, method) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const answer = await fetch(address, { method, credentials: "same-origin", headers });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function ask(form, address, makes) {
  const options = await question(form, address, makes ? "POST" : "GET");
  return JSON.stringify(await (makes ? translated.create(options) : translated.get(options)));
}

async function answer(form, address, makes) {
  const field = form.querySelector("[name=answer]");
  const said = form.querySelector("[data-passkey-said]");
  said.hidden = true;
  try {
    field.value = await ask(form, address, makes);
  } catch {
    field.value = "";
    said.hidden = false;
  }
  return Boolean(field.value);
}

document.querySelectorAll("form[data-passkey]").forEach((form) => {
  form.addEventListener("submit", async (event) => {
    if (form.querySelector("[name=answer]").value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await answer(form, form.dataset.question, form.dataset.passkey === "make")) form.requestSubmit();
  });
});

document.querySelectorAll("[data-passkey-sign]").forEach((button) => {
  button.addEventListener("click", async () => {
    const { form } = button;
    const secrets = ["username", "password"].map((name) => form.elements[name]).filter(Boolean);
    const need = (yes) => secrets.forEach((field) => { field.required = yes; });
    need(false);
    if (form.reportValidity() && (await answer(form, button.dataset.question, false))) form.requestSubmit();
    else need(true);
  });
});
