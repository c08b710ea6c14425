/** The designer's head: saved or not, undo and redo, how many things are to be mended. */
import { t } from "./config";
import { byId, h, icon } from "./dom";
import { fieldOfFinding } from "./findings";
import type { Status } from "./saving";
import type { Store } from "./store";

export class Header {
  private readonly status = byId("save-status");
  private readonly undo = byId<HTMLButtonElement>("undo");
  private readonly redo = byId<HTMLButtonElement>("redo");
  private readonly count = byId("findings-count");
  private readonly list = byId("findings-list");

  constructor(private readonly store: Store, does: { undo(): void; redo(): void }, private readonly goTo: (id: number) => void) {
    this.undo.addEventListener("click", does.undo);
    this.redo.addEventListener("click", does.redo);
    store.onChange(() => this.draw());
    this.draw();
  }

  saved = (status: Status): void => {
    this.status.className = `saved saved--${status.look}`;
    this.status.replaceChildren(icon({ ok: "done", busy: "clock", warn: "warning", bad: "warning" }[status.look]), h("span", {}, status.words));
  };

  private draw(): void {
    this.undo.disabled = !this.store.canUndo;
    this.redo.disabled = !this.store.canRedo;
    const { findings, definition } = this.store;
    const errors = findings.filter((finding) => finding.level === "error").length;
    this.count.textContent = findings.length ? t("findings_n", { n: findings.length }) : t("findings_none");
    byId("findings").className = `findings findings--${errors ? "error" : findings.length ? "warning" : "ok"}`;
    this.list.replaceChildren(...findings.map((finding) => {
      const field = fieldOfFinding(definition, finding);
      const words = [h("strong", {}, finding.where), h("span", {}, `${finding.message}${finding.mend}`)];
      const button = field && h("button", { type: "button", class: "findings__go", onclick: () => this.goTo(field.id) }, ...words);
      return h("li", { class: `findings__item findings__item--${finding.level}` }, icon("warning"), button ?? h("div", { class: "findings__go" }, ...words));
    }));
    if (!findings.length) this.list.replaceChildren(h("li", { class: "findings__item" }, t("findings_empty")));
  }
}
