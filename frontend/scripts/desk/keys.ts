// j/k move, o open, e edit, n add, x tick, a assign, / search, ? this help. Never while somebody types.

const rows = (): HTMLAnchorElement[] => [...document.querySelectorAll<HTMLAnchorElement>("[data-row-link]")];

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}

function move(step: number): void {
  const all = rows();
  const here = all.findIndex((link) => link.closest("tr")?.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
  all[next]?.focus();
  all[next]?.scrollIntoView({ block: "nearest" });
}

function assign(): void {
  const row = document.activeElement?.closest("tr");
  const pick = row?.querySelector<HTMLInputElement>("[data-pick]");
  if (pick?.form) {
    pick.checked = true;
    pick.form.requestSubmit();
    return;
  }
  document.querySelector<HTMLButtonElement>("[data-assign]")?.click();
}

function editRecord(): void {
  const here = document.querySelector<HTMLAnchorElement>("[data-edit-record]");
  const row = document.activeElement?.closest("tr")?.querySelector<HTMLAnchorElement>("[data-row-link]");
  if (here) here.click();
  else if (row) location.assign(`${row.pathname}edit/`);
}

function tick(): void {
  document.activeElement?.closest("tr")?.querySelector<HTMLInputElement>("[data-pick]")?.click();
}

// The arrows move between rows only where nothing else is under the focus that they could move.
function arrows(event: KeyboardEvent): boolean {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (!step || !(event.target instanceof Element) || !event.target.matches("[data-row-link]")) return false;
  move(step);
  return true;
}

function help(): void {
  document.querySelector<HTMLDialogElement>("dialog.keys")?.showModal();
}

const actions: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  o: () => document.activeElement?.closest("tr")?.querySelector<HTMLAnchorElement>("[data-row-link]")?.click(),
  a: assign,
  e: editRecord,
  n: () => document.querySelector<HTMLAnchorElement>("[data-add]")?.click(),
  x: tick,
  "/": () => document.querySelector<HTMLInputElement>("[data-search]")?.focus(),
  "?": help,
};

export function bindKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (arrows(event)) {
      event.preventDefault();
      return;
    }
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  document.querySelectorAll<HTMLElement>("[data-show-keys]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", help);
  });
}
