// The sum under editable fee lines, while they are being edited. The server computes it again.

export function bindTotals(): void {
  document.querySelectorAll<HTMLElement>("[data-total-of]").forEach((output) => {
    const inputs = [...document.querySelectorAll<HTMLInputElement>(`[name=${output.dataset["totalOf"]}]`)];
    const show = (): void => {
      const sum = inputs.reduce((total, input) => total + (Number.parseInt(input.value, 10) || 0), 0);
      // Only the digits: the word for yen is in the page's language.
      output.textContent = output.textContent.replace(/[\d,]+/, sum.toLocaleString("ja-JP"));
    };
    inputs.forEach((input) => input.addEventListener("input", show));
  });
}
