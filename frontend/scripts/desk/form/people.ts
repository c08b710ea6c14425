// Staff, departments and groups are found by some letters of their names and stand as chips that can be taken off.
import { later, make } from "./calls";

export interface Somebody {
  kind: string;
  code: string;
  name: string;
  detail: string;
}

export async function findPeople(url: string, kinds: readonly string[], words: string): Promise<Somebody[]> {
  const query = new URLSearchParams([...kinds.map((kind) => ["kind", kind]), ["q", words]]);
  const response = await fetch(`${url}?${query.toString()}`, { headers: { "X-Background": "1" } }).catch(() => null);
  if (!response?.ok) return [];
  return ((await response.json()) as { people: Somebody[] }).people;
}

// A list of suggestions under an input, moved through by the arrow keys; what was chosen goes to ``choose``.
export class Suggestions {
  private readonly list: HTMLUListElement;
  private found: Somebody[] = [];
  private at = -1;
  private readonly single: boolean;

  constructor(
    private readonly input: HTMLElement,
    private readonly none: string,
    private readonly choose: (one: Somebody) => void,
  ) {
    this.list = make("ul", { id: `${input.id}-found`, className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.getAttribute("aria-label") ?? none);
    input.after(this.list);
    // A text of several lines stays a text box, which has no state of being open.
    this.single = input instanceof HTMLInputElement;
    if (this.single) input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    this.expanded(false);
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-n]") : null;
      if (item) this.take(Number(item.dataset["n"]));
    });
    input.addEventListener("blur", () => this.close());
  }

  get open(): boolean {
    return !this.list.hidden;
  }

  show(found: Somebody[]): void {
    this.found = found;
    this.at = found.length ? 0 : -1;
    const items = found.map((one, n) => {
      const item = make("li", { id: `${this.list.id}-${n}` }, one.name);
      if (one.detail) item.append(make("span", { className: "muted" }, ` ${one.detail}`));
      item.dataset["n"] = String(n);
      item.setAttribute("role", "option");
      return item;
    });
    if (!items.length) {
      const item = make("li", { className: "muted" }, this.none);
      item.setAttribute("role", "option");
      item.setAttribute("aria-disabled", "true");
      item.setAttribute("aria-selected", "false");
      items.push(item);
    }
    this.list.replaceChildren(...items);
    this.list.hidden = false;
    this.expanded(true);
    this.mark();
  }

  close(): void {
    this.list.hidden = true;
    this.expanded(false);
    this.input.removeAttribute("aria-activedescendant");
  }

  // Whether the key was meant for the list.
  key(event: KeyboardEvent): boolean {
    if (!this.open || event.isComposing) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = this.found.length ? (this.at + step + this.found.length) % this.found.length : -1;
      this.mark();
    } else if ((event.key === "Enter" || event.key === "Tab") && this.at >= 0) this.take(this.at);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private expanded(open: boolean): void {
    if (this.single) this.input.setAttribute("aria-expanded", String(open));
  }

  private mark(): void {
    [...this.list.querySelectorAll<HTMLElement>("[data-n]")].forEach((item, n) => {
      item.setAttribute("aria-selected", String(n === this.at));
      if (n === this.at) {
        this.input.setAttribute("aria-activedescendant", item.id);
        item.scrollIntoView({ block: "nearest" });
      }
    });
  }

  private take(n: number): void {
    const one = this.found[n];
    this.close();
    if (one) this.choose(one);
  }
}

function bind(box: HTMLElement, url: string): void {
  const input = box.querySelector<HTMLInputElement>("input");
  const kind = box.dataset["peopleField"] ?? "staff";
  if (!input) return;
  const name = box.dataset["name"] ?? "";
  input.removeAttribute("name"); // Chosen codes travel in boxes of their own from now on.
  input.value = "";
  input.placeholder = box.dataset["hint"] ?? "";

  const chip = (code: string, label: string): HTMLElement => {
    const remove = make("button", { type: "button", className: "people__remove" }, "×");
    remove.setAttribute("aria-label", `${label}${box.dataset["remove"] ?? ""}`);
    const made = make("span", { className: "chip chip--plain" }, label, make("input", { type: "hidden", name, value: code }), remove);
    made.dataset["person"] = code;
    remove.addEventListener("click", () => {
      made.remove();
      input.focus();
      box.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
    });
    return made;
  };
  for (const old of box.querySelectorAll<HTMLElement>("[data-person]")) {
    old.replaceWith(chip(old.dataset["person"] ?? "", old.textContent?.trim() ?? ""));
  }

  const suggestions = new Suggestions(input, box.dataset["none"] ?? "", (one) => {
    input.value = "";
    if (box.querySelector(`[data-person="${CSS.escape(one.code)}"]`)) return;
    input.before(chip(one.code, one.name));
    box.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
  });
  const look = later(150, () => {
    const words = input.value.trim();
    if (!words) suggestions.close();
    else void findPeople(url, [kind], words).then((found) => document.activeElement === input && suggestions.show(found));
  });
  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    if (suggestions.key(event)) return;
    if (event.key === "Enter" && !event.isComposing) event.preventDefault();
    if (event.key === "Backspace" && !input.value) {
      [...box.querySelectorAll<HTMLButtonElement>(".people__remove")].pop()?.click();
    }
  });
}

export function bindPeople(form: HTMLElement): void {
  const url = form.dataset["people"];
  if (url) form.querySelectorAll<HTMLElement>("[data-people-field]").forEach((box) => bind(box, url));
}
