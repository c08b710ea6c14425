// Looks the address up as soon as seven digits are typed (the button does the same without a script), and puts the
// town that was tapped into its box.
export function startLookUps(): void {
  document.querySelectorAll<HTMLButtonElement>("[data-look-up]").forEach((button) => {
    const code = document.getElementById(button.dataset.lookUp ?? "") as HTMLInputElement | null;
    let last = digits(code);
    code?.addEventListener("input", () => {
      const now = digits(code);
      if (now.length === 7 && now !== last) button.click();
      last = now;
    });
  });
  document.addEventListener("change", (event) => {
    const radio = event.target as HTMLInputElement;
    if (radio.dataset?.town === undefined) return;
    fill("town", radio.value);
    fill("city", radio.dataset.city ?? "");
    fill("prefecture", radio.dataset.prefecture ?? "");
  });
}

function digits(input: HTMLInputElement | null): string {
  return (input?.value ?? "").normalize("NFKC").replace(/\D/g, "");
}

function fill(part: string, text: string): void {
  const input = document.querySelector<HTMLInputElement>(`input[name$=".${part}"]`);
  if (input) input.value = text;
}
