// Rows of the other app in a dialog: searched while typing, chosen by button; the copies are then shown by the server.
import { later, make, post } from "./calls";

function bind(button: HTMLButtonElement): void {
  const input = document.getElementById(button.dataset["for"] ?? "");
  const url = button.dataset["lookup"];
  if (!(input instanceof HTMLInputElement) || !url) return;
  button.hidden = false;
  const words = make("input", { className: "input", type: "search", id: `${input.id}-words` });
  const label = make("label", { className: "field__label", htmlFor: words.id }, button.dataset["title"] ?? "");
  const results = make("div", { className: "lookup__rows" });
  results.setAttribute("aria-live", "polite");
  const close = make("button", { type: "button", className: "button button--quiet" }, "×");
  close.setAttribute("aria-label", "閉じる");
  const dialog = make("dialog", { className: "lookup" }, make("div", { className: "lookup__head" }, label, close), words, results);
  dialog.setAttribute("aria-label", button.dataset["title"] ?? "");
  // Outside the form, so that Enter in the search never saves the record.
  document.body.append(dialog);

  const look = async (): Promise<void> => {
    const body = new FormData();
    body.set("q", words.value);
    const response = await post(url, body).catch(() => null);
    if (response?.ok) results.innerHTML = await response.text();
  };
  const soon = later(200, () => void look());
  words.addEventListener("input", soon);
  words.addEventListener("keydown", (event) => {
    const first = results.querySelector<HTMLElement>("[data-choose]");
    if (event.key === "Enter" && !event.isComposing) first?.click();
    if (event.key === "ArrowDown") first?.focus();
  });
  results.addEventListener("keydown", (event) => {
    const all = [...results.querySelectorAll<HTMLElement>("[data-choose]")];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step || at < 0) return;
    event.preventDefault();
    (at + step < 0 ? words : all[Math.min(at + step, all.length - 1)])?.focus();
  });
  results.addEventListener("click", (event) => {
    const chosen = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-choose]") : null;
    if (!chosen) return;
    input.value = chosen.dataset["choose"] ?? "";
    dialog.close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
  close.addEventListener("click", () => dialog.close());
  button.addEventListener("click", () => {
    dialog.showModal();
    words.focus();
    void look();
  });
}

export function bindLookups(form: HTMLFormElement): void {
  form.querySelectorAll<HTMLButtonElement>("[data-lookup]").forEach(bind);
}
