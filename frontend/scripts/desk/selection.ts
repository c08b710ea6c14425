// When the list is loaded anew, rows that were ticked stay ticked and the focus stays on its row.

export function keepSelection(): void {
  let ticked = new Set<string>();
  let focused: string | null = null;

  document.addEventListener("htmx:beforeSwap", () => {
    ticked = new Set([...document.querySelectorAll<HTMLInputElement>("[data-pick]:checked")].map((box) => box.value));
    focused = document.activeElement?.closest("tr")?.id ?? null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    document.querySelectorAll<HTMLInputElement>("[data-pick]").forEach((box) => {
      if (ticked.has(box.value)) box.checked = true;
    });
    if (focused) document.getElementById(focused)?.querySelector<HTMLElement>("[data-row-link]")?.focus();
  });
}
