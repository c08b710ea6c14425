// Rows of a table: add, remove, up and down, without asking the server. Its buttons do the same without this script.

function changed(from: Element): void {
  from.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
}

function next(body: HTMLElement, name: string): number {
  const keys = [...body.querySelectorAll<HTMLInputElement>(`input[name="${CSS.escape(name)}.row"]`)];
  return keys.reduce((highest, input) => Math.max(highest, Number(input.value)), -1) + 1;
}

function add(table: HTMLElement, after?: Element): HTMLElement | null {
  const body = table.querySelector<HTMLElement>("[data-body]");
  const template = table.querySelector("template");
  const max = Number(table.dataset["max"]);
  if (!body || !template || body.children.length >= max) return null;
  const key = String(next(body, table.dataset["rows"] ?? ""));
  const copy = template.content.cloneNode(true) as DocumentFragment;
  for (const element of copy.querySelectorAll("*")) {
    for (const attribute of [...element.attributes]) {
      if (attribute.value.includes("__")) attribute.value = attribute.value.replaceAll("__", key);
    }
  }
  const row = copy.querySelector<HTMLElement>("[data-row]");
  if (after) after.after(copy);
  else body.append(copy);
  return row;
}

function focusFirst(row: Element | null): void {
  row?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
}

function press(table: HTMLElement, button: HTMLElement): boolean {
  const row = button.closest<HTMLElement>("[data-row]");
  if (button.matches("[data-row-add]")) focusFirst(add(table));
  else if (!row) return false;
  else if (button.matches("[data-row-remove]")) {
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (beside?.querySelector<HTMLElement>("[data-row-remove]") ?? table.querySelector<HTMLElement>("[data-row-add]"))?.focus();
  } else if (button.matches("[data-row-up]")) row.previousElementSibling?.before(row);
  else if (button.matches("[data-row-down]")) row.nextElementSibling?.after(row);
  else return false;
  if (button.isConnected) button.focus();
  changed(table);
  return true;
}

export function bindRows(form: HTMLFormElement): void {
  for (const table of form.querySelectorAll<HTMLElement>("[data-rows]")) {
    table.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("button") : null;
      if (!button) return;
      if (press(table, button)) event.preventDefault();
      const add = table.querySelector<HTMLButtonElement>("[data-row-add]");
      const body = table.querySelector("[data-body]");
      if (add && body) add.disabled = body.children.length >= Number(table.dataset["max"]);
    });
    // Enter in the last row makes another one, as in a spreadsheet.
    table.addEventListener("keydown", (event) => {
      const input = event.target;
      if (event.key !== "Enter" || event.isComposing || !(input instanceof HTMLInputElement)) return;
      event.preventDefault();
      const row = input.closest<HTMLElement>("[data-row]");
      focusFirst(row?.nextElementSibling ?? add(table));
      changed(table);
    });
  }
}
