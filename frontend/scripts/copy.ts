// Copies a link to the clipboard and says so.
export function startCopyButtons(): void {
  document.querySelectorAll<HTMLButtonElement>("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy ?? "");
      const said = document.getElementById(button.dataset.says ?? "");
      if (said) said.textContent = button.dataset.words ?? "";
    });
  });
}
