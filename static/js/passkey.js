// Passkeys: the browser asks the authenticator; allauth's script turns JSON into buffers and back.
// A form with data-passkey ("make" or "use") fetches its question, and goes on with the answer.
const translated = window.webauthnJSON;

async function question(form) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const method = form.dataset.passkey === "make" ? "POST" : "GET";
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const answer = await fetch(form.dataset.question, { method, credentials: "same-origin", headers });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function ask(form) {
  const options = await question(form);
  return form.dataset.passkey === "make" ? translated.create(options) : translated.get(options);
}

document.querySelectorAll("form[data-passkey]").forEach((form) => {
  form.addEventListener("submit", async (event) => {
    const field = form.querySelector("[name=answer]");
    if (field.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const said = form.querySelector("[data-passkey-said]");
    said.hidden = true;
    try {
      field.value = JSON.stringify(await ask(form));
      form.requestSubmit();
    } catch {
      field.value = "";
      said.hidden = false;
    }
  });
});
