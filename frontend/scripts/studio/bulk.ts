/** Many fields at once: lines on the left, what they become on the right; each type can be corrected before. */
import type { Actions } from "./actions";
import { config, t } from "./config";
import { proposalsFrom, type Proposal } from "./core/quick";
import { byId, h, later } from "./dom";

export class Bulk {
  private readonly dialog = byId<HTMLDialogElement>("bulk");
  private readonly lines = byId<HTMLTextAreaElement>("bulk-lines");
  private readonly found = byId("bulk-found");
  private readonly button = byId<HTMLButtonElement>("bulk-add");
  private readonly types = h("select", { class: "select" }, ...config.kinds.map((kind) => h("option", { value: kind.type }, kind.name)));
  private readonly corrected = new Map<string, string>();
  private proposals: Proposal[] = [];

  constructor(private readonly actions: Actions) {
    const soon = later(100, () => this.draw());
    this.lines.addEventListener("input", () => soon.soon());
    byId("bulk-form").addEventListener("submit", (event) => { event.preventDefault(); this.add(); });
    byId("bulk-cancel").addEventListener("click", () => this.dialog.close());
  }

  open = (lines: string): void => {
    this.corrected.clear();
    this.lines.value = lines;
    this.draw();
    this.dialog.showModal();
    (lines ? this.button : this.lines).focus();
  };

  private draw(): void {
    this.proposals = proposalsFrom(this.lines.value, config.guesses).map((one) => {
      const type = this.corrected.get(one.label);
      return type ? { ...one, type, settings: {} } : one;
    });
    this.found.replaceChildren(...this.proposals.map((one) => this.row(one)));
    this.button.disabled = !this.proposals.length;
    this.button.textContent = this.proposals.length ? t("add_n", { n: this.proposals.length }) : t("add_none");
  }

  private row(one: Proposal): HTMLElement {
    const select = this.types.cloneNode(true) as HTMLSelectElement;
    select.value = one.type;
    select.setAttribute("aria-label", t("type_of", { name: one.label }));
    select.addEventListener("change", () => { this.corrected.set(one.label, select.value); this.draw(); });
    return h("li", { class: "bulk__row" }, h("span", { class: "bulk__label" }, one.label, one.required && h("span", { class: "badge badge--required" }, t("required"))), select);
  }

  private add(): void {
    this.draw();
    if (!this.proposals.length) return;
    this.actions.addMany(this.proposals);
    this.dialog.close();
  }
}
