/** The palette on the left: kinds of field to press or drag, with a search, and the box for labels. */
import type { Actions } from "./actions";
import { config, t, type Kind } from "./config";
import { proposal } from "./core/quick";
import { byId, h, icon } from "./dom";
import { palettesDrag } from "./drag";

export class Palette {
  private readonly root = byId("palette-kinds");
  private readonly search = byId<HTMLInputElement>("palette-search");

  constructor(private readonly actions: Actions, private readonly chosen: () => void, openBulk: (lines: string) => void) {
    this.draw();
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => { if (event.key === "Enter") this.addFirst(event); });
    quickBox(actions, openBulk);
    palettesDrag(this.root, () => this.draw());
  }

  private draw(): void {
    const groups = config.groups.map(([key, name]) => {
      const kinds = config.kinds.filter((kind) => kind.group === key);
      const list = h("ul", { class: "palette__list", "data-kinds": key }, ...kinds.map((kind) => this.kind(kind)));
      return h("section", { class: "palette__group" }, h("h3", { class: "palette__title" }, name), list);
    });
    const none = h("p", { class: "palette__none", hidden: true }, t("no_kind"));
    if (!this.root.childElementCount) this.root.replaceChildren(...groups, none);
  }

  private kind(kind: Kind): HTMLElement {
    const press = (): void => { this.actions.add(kind.type); this.chosen(); };
    return h("li", { class: "palette__item", "data-kind": kind.type },
      h("button", { type: "button", class: "palette__kind", title: kind.about, onclick: press }, icon(kind.icon), kind.name));
  }

  private filter(): void {
    const wanted = this.search.value.trim().normalize("NFKC").toLowerCase();
    let any = false;
    for (const item of this.root.querySelectorAll<HTMLElement>("[data-kind]")) {
      const kind = config.kinds.find((one) => one.type === item.dataset.kind);
      item.hidden = !!wanted && !`${kind?.name} ${kind?.about} ${kind?.words}`.normalize("NFKC").toLowerCase().includes(wanted);
      any ||= !item.hidden;
    }
    for (const group of this.root.querySelectorAll<HTMLElement>(".palette__group")) {
      group.hidden = !group.querySelector("[data-kind]:not([hidden])");
    }
    const none = this.root.querySelector<HTMLElement>(".palette__none");
    if (none) none.hidden = any;
  }

  private addFirst(event: KeyboardEvent): void {
    event.preventDefault();
    const first = this.root.querySelector<HTMLElement>("[data-kind]:not([hidden])")?.dataset.kind;
    if (!first || event.isComposing) return;
    this.actions.add(first);
    this.search.value = "";
    this.filter();
  }
}

/** A label and Enter make a field; several pasted lines are shown first. */
function quickBox(actions: Actions, openBulk: (lines: string) => void): void {
  const box = byId<HTMLInputElement>("quick-label");
  const add = (): void => {
    const label = box.value.trim();
    if (!label) return box.focus();
    actions.addMany([proposal(label, config.guesses)]);
    box.value = "";
    box.focus();
  };
  byId("quick-form").addEventListener("submit", (event) => { event.preventDefault(); add(); });
  box.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\n\t]/.test(pasted.trim()) && !/\s[/／]\s/.test(pasted)) return;
    event.preventDefault();
    openBulk(pasted);
  });
  byId("bulk-open").addEventListener("click", () => openBulk(""));
}
