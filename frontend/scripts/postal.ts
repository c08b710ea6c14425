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
  keepWhatIsTypedMeanwhile();
  document.addEventListener("change", (event) => {
    const radio = event.target as HTMLInputElement;
    if (radio.dataset?.town === undefined) return;
    fill("town", radio.value);
    fill("city", radio.dataset.city ?? "");
    fill("prefecture", radio.dataset.prefecture ?? "");
  });
}

// The answer brings new boxes for town, street and building. On a slow line somebody has begun to fill them by then.
function keepWhatIsTypedMeanwhile(): void {
  let asked = new Map<string, string>();
  let typed = new Map<string, string>();
  let focused = "";
  document.addEventListener("htmx:beforeRequest", () => (asked = values()));
  document.addEventListener("htmx:beforeSwap", () => {
    typed = new Map([...values()].filter(([id, value]) => value !== asked.get(id)));
    focused = document.activeElement?.id ?? "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const input of boxes()) input.value = typed.get(input.id) ?? input.value;
    boxes().find((input) => input.id === focused)?.focus();
  });
}

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("#address-rest input:not([type=radio])")];
}

function values(): Map<string, string> {
  return new Map(boxes().map((input) => [input.id, input.value]));
}

function digits(input: HTMLInputElement | null): string {
  return (input?.value ?? "").normalize("NFKC").replace(/\D/g, "");
}

function fill(part: string, text: string): void {
  const input = document.querySelector<HTMLInputElement>(`input[name$=".${part}"]`);
  if (input) input.value = text;
}
