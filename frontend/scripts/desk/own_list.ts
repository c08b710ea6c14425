// Beside the chosen item, what may be typed for it: its options, or a date.
interface Hint {
  options: string[];
  date: boolean;
}

const DATES = ["TODAY()", "FROM_TODAY(-7, DAYS)", "THIS_WEEK()", "THIS_MONTH()", "LAST_MONTH()", "THIS_YEAR()"];

function offer(row: HTMLElement, hints: Record<string, Hint>): void {
  const code = row.querySelector<HTMLSelectElement>("[name=field]")?.value ?? "";
  const list = row.querySelector("datalist");
  const hint = hints[code];
  const words = hint?.date ? DATES : (hint?.options ?? []);
  list?.replaceChildren(...words.map((word) => new Option(word, word)));
}

export function bindOwnList(): void {
  const source = document.getElementById("own-hints");
  if (!source) return;
  const hints = JSON.parse(source.textContent ?? "{}") as Record<string, Hint>;
  document.querySelectorAll<HTMLElement>("[data-own-row]").forEach((row) => {
    offer(row, hints);
    row.querySelector("[name=field]")?.addEventListener("change", () => offer(row, hints));
  });
}
