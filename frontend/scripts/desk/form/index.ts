// The form of a record. It works without any of this; then the server shows what follows only after a button.
import { bindAttachments } from "./attach";
import { bindLookups } from "./lookup";
import { bindPeople } from "./people";
import { bindRecalculation } from "./recalculate";
import { bindRows } from "./rows";

function watchLeaving(form: HTMLFormElement): void {
  let changed = form.hasAttribute("data-changed");
  const note = (): void => void (changed = true);
  form.addEventListener("input", note);
  form.addEventListener("form:changed", note);
  form.addEventListener("submit", () => (changed = false));
  form.querySelector("[data-cancel]")?.addEventListener("click", () => (changed = false));
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

function bindSaving(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("[data-save]");
  form.querySelectorAll<HTMLElement>("[data-keys-hint]").forEach((hint) => (hint.hidden = false));
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    if (button && !document.querySelector("dialog[open]")) form.requestSubmit(button);
  });
}

export function bindRecordForm(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-record-form]");
  if (!form) return;
  bindPeople(form);
  bindLookups(form);
  bindAttachments(form);
  bindRows(form);
  bindRecalculation(form);
  bindSaving(form);
  watchLeaving(form);
  form.querySelector<HTMLElement>("[data-errors]")?.focus();
}
