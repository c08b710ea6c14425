// What the clerk writes appears in the preview of what the resident will read.

function mirror(source: HTMLInputElement | HTMLTextAreaElement): void {
  const target = document.getElementById(source.dataset["mirror"] ?? "");
  if (target) target.textContent = source.value || (target.dataset["empty"] ?? "");
}

function mirrorTicks(form: HTMLElement): void {
  const target = document.getElementById(form.dataset["mirrorTicks"] ?? "");
  if (!target) return;
  const ticked = [...form.querySelectorAll<HTMLInputElement>("input[type=checkbox]:checked")];
  target.replaceChildren(
    ...ticked.map((box) => {
      const item = document.createElement("li");
      item.textContent = box.labels?.[0]?.textContent?.trim() ?? "";
      return item;
    }),
  );
}

export function bindMirrors(): void {
  document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-mirror]").forEach((source) => {
    source.addEventListener("input", () => mirror(source));
  });
  document.querySelectorAll<HTMLElement>("[data-mirror-ticks]").forEach((box) => {
    box.addEventListener("change", () => mirrorTicks(box));
  });
}
