// Choosing a field shows its box at once; menus close when something else is pressed; paper is printed.
import { bindPeople } from "./form/people";

export function bindMassForm(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-mass-form]");
  if (form) {
    bindPeople(form);
    const choice = form.querySelector<HTMLSelectElement>("[data-reload]");
    const button = form.querySelector<HTMLButtonElement>("button[value=field]");
    choice?.addEventListener("change", () => button && form.requestSubmit(button));
  }
  document.addEventListener("click", (event) => {
    document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]").forEach((menu) => {
      if (!(event.target instanceof Node) || !menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector<HTMLDetailsElement>("details[data-menu][open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector<HTMLElement>("summary")?.focus();
  });
  document.querySelectorAll<HTMLElement>("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}
