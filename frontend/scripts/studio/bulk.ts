/** Many fields at once: lines on the left, what they become on the right; each type can be corrected before. */
import type { Actions } from "./actions";
import { config, t } from "./config";
import { proposalsFrom, type Proposal } from "./core/quick";
import { byId, h } from "./dom";

export class Bulk {
  private readonly dialog = byId<HTMLDialogElement>("bulk");
  private readonly lines = byId<HTMLTextAreaElement>("bulk-lines");
  private readonly found = byId("bulk-found");
  private readonly button = byId<HTMLButtonElement>("bulk-add");
  private readonly corrected = new Map<string, string>();
  private proposals: Proposal[] = [];

  constructor(private readonly actions: Actions) {
    this.lines.addEventListener("input", () => this.draw());
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
    const options = config.kinds.map((kind) => h("option", { value: kind.type, selected: kind.type === one.type }, kind.name));
    const select = h("select", {
      class: "select", "aria-label": t("type_of", { name: one.label }),
      onchange: (event: Event) => { this.corrected.set(one.label, (event.target as HTMLSelectElement).value); this.draw(); },
    }, ...options);
    return h("li", { class: "bulk__row" }, h("span", { class: "bulk__label" }, one.label, one.required && h("span", { class: "badge badge--required" }, t("required"))), select);
  }

  private add(): void {
    if (!this.proposals.length) return;
    this.actions.addMany(this.proposals);
    this.dialog.close();
  }
}
