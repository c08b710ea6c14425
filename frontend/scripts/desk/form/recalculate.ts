// What follows from the boxes is asked of the server while somebody types: fields shown, formulas, copies of lookups.
import { later, post } from "./calls";

interface Standing {
  hidden: number[];
  outputs: Record<string, string>;
}

// The form as it stands, without files: those are sent by themselves.
function standing(form: HTMLFormElement): FormData {
  const data = new FormData(form);
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) data.delete(input.name);
  return data;
}

function show(form: HTMLFormElement, answer: Standing): void {
  const hidden = new Set(answer.hidden.map(String));
  for (const field of form.querySelectorAll<HTMLElement>("[data-field]")) {
    field.hidden = hidden.has(field.dataset["field"] ?? "");
  }
  for (const group of form.querySelectorAll<HTMLElement>("[data-group]")) {
    group.hidden = !group.querySelector("[data-field]:not([hidden])");
  }
  for (const output of form.querySelectorAll<HTMLOutputElement>("[data-output]")) {
    const text = answer.outputs[output.dataset["output"] ?? ""];
    if (text !== undefined) output.value = text;
    else if (/\.\d+\.\d+\.\d+$/.test(output.dataset["output"] ?? "")) output.value = "";
  }
}

export function bindRecalculation(form: HTMLFormElement): void {
  const url = form.dataset["recalculate"];
  if (!url) return;
  let asked = 0;
  const ask = async (): Promise<void> => {
    const turn = ++asked;
    const response = await post(url, standing(form)).catch(() => null);
    if (response?.ok && turn === asked) show(form, (await response.json()) as Standing);
  };
  const soon = later(300, () => void ask());
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("form:changed", soon);
}
