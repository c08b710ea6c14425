// Small helps inside fields: a counter below long texts, a filter above long lists.

export function startCounters(): void {
  document.querySelectorAll<HTMLTextAreaElement>("[data-counter]").forEach((area) => {
    const told = document.getElementById(`${area.id}-count`);
    if (!told) return;
    const limit = Number(area.dataset.counter);
    const show = (): void => {
      // Code points, as the server counts.
      const left = limit - [...area.value.replace(/\r?\n/g, "\n").trim()].length;
      const words = left < 0 ? told.dataset.wordsOver : told.dataset.words;
      told.textContent = (words ?? "").replace("{n}", String(Math.abs(left)));
      told.classList.toggle("field__error", left < 0);
    };
    area.addEventListener("input", show);
    show();
  });
}

export function startFilters(): void {
  document.querySelectorAll<HTMLElement>("[data-filter-for]").forEach((box) => {
    const select = document.getElementById(box.dataset.filterFor ?? "") as HTMLSelectElement | null;
    const input = box.querySelector("input");
    if (!select || !input) return;
    box.hidden = false;
    const all = [...select.options];
    input.addEventListener("input", () => {
      const wanted = fold(input.value);
      const shown = all.filter((o) => o.value === "" || o.selected || fold(o.text).includes(wanted));
      select.replaceChildren(...shown);
    });
    // Enter in the filter must not send the answer.
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  });
}

/** Width and kana make no difference when one looks for something. */
function fold(text: string): string {
  const katakana = text.normalize("NFKC").replace(/[ぁ-ゖ]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0x60));
  return katakana.toLowerCase().replace(/\s/g, "");
}
