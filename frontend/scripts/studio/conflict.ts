/** Choosing, place by place, between one's own change and what somebody else saved meanwhile. */
import { t } from "./config";
import { byId, h } from "./dom";
import type { Conflict, Saving } from "./saving";

export class ConflictDialog {
  private readonly dialog = byId<HTMLDialogElement>("conflict");
  private readonly list = byId("conflict-list");
  private readonly error = byId("conflict-error");

  constructor(private readonly saving: () => Saving, private readonly decided: () => void) {
    byId("conflict-form").addEventListener("submit", (event) => { event.preventDefault(); void this.send(); });
    byId("conflict-later").addEventListener("click", () => this.dialog.close());
  }

  open = (conflicts: readonly Conflict[]): void => {
    this.error.textContent = "";
    this.list.replaceChildren(...conflicts.map((one, number) => this.row(one, number)));
    if (!this.dialog.open) this.dialog.showModal();
  };

  private row(one: Conflict, number: number): HTMLElement {
    const side = (value: "mine" | "theirs", title: string, words: string): HTMLElement => h("label", { class: "clash__side" },
      h("input", { type: "radio", name: `clash-${number}`, value, "data-key": one.key }),
      h("strong", {}, title), h("span", { class: "clash__value" }, words));
    const time = one.at ? new Intl.DateTimeFormat("ja-JP", { hour: "2-digit", minute: "2-digit" }).format(new Date(one.at)) : "";
    return h("fieldset", { class: "clash" }, h("legend", { class: "clash__where" }, one.where),
      h("div", { class: "clash__sides" }, side("mine", t("mine"), one.mine),
        side("theirs", one.by ? t("theirs_by", { who: one.by, time }) : t("theirs"), one.theirs)));
  }

  private async send(): Promise<void> {
    const chosen = new Map([...this.list.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => [box.dataset.key ?? "", box.value as "mine" | "theirs"]));
    if (chosen.size < this.saving().waiting.length) {
      this.error.textContent = t("choose_all");
      return;
    }
    if (!(await this.saving().settle(chosen))) {
      this.error.textContent = t("settle_failed");
      return;
    }
    this.dialog.close();
    this.decided();
  }
}
