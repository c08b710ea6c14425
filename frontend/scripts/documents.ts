/** The designer of documents: text with the record's values put in, and how it looks on paper. */
import { carried, send, t } from "./studio/config";
import { at, listAt, type Path } from "./studio/core/paths";
import { freeSlug } from "./studio/core/process";
import { ja } from "./studio/core/texts";
import type { Text } from "./studio/core/types";
import { byId, h, icon, later, type Child } from "./studio/dom";
import { openPage, ready } from "./studio/page";
import { Pane, type Choice } from "./studio/pane";
import { place, rows, textPlace } from "./studio/pages/rows";

type Template = { code: string; name: Text; body: string; paper: string };
const extra = carried<{ fields: Choice[]; system: Choice[]; preview: string }>("designer-extra"), store = openPage();
const all = (): readonly Template[] => listAt<Template>(store.definition, ["documents"]);
let shown = 0;

new Pane(byId("stage"), store, () => all().length, build);
const panel = new Pane(byId("panel"), store, () => [shown, all().length], preview);
byId("stage").addEventListener("focusin", (event) => {
  const row = (event.target as Element).closest<HTMLElement>("[data-document]");
  if (!row || Number(row.dataset.document) === shown) return;
  shown = Number(row.dataset.document);
  panel.update();
});
ready();

function build(pane: Pane): Child[] {
  return [!all().length && h("p", { class: "panel__empty" }, t("no_documents")), rows<Template>(pane, {
    label: t("documents"), key: "documents", path: ["documents"], add: t("add_document"), name: (one) => ja(one.name),
    fresh: () => ({ code: freeSlug("d1", all().map((one) => one.code)), name: t("new_document"), body: t("new_body"), paper: "A4" }),
    row: (inner, path, number) => [h("div", { "data-document": number }, ...one(inner, path))],
  })];
}

function one(pane: Pane, path: Path): Child[] & Node[] {
  const body = pane.long(place(pane, t("body"), [...path, "body"], "", t("body_help")), 10), box = body.querySelector("textarea") as HTMLTextAreaElement;
  const put = (name: string): void => {
    box.setRangeText(`{${name}}`, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };
  const known = new Set([...extra.fields, ...extra.system].map(([name]) => name));
  const wrong = pane.following(h("p", { class: "prop__error", role: "status" }), (element) => {
    const names = [...String(at(store.definition, [...path, "body"]) ?? "").matchAll(/\{([^{}\n]+)\}/g)].map(([, name]) => name ?? "").filter((name) => !known.has(name));
    element.textContent = names.length ? t("unknown_placeholders", { names: names.join("、") }) : "";
  });
  return [
    h("div", { class: "two" }, pane.words(textPlace(pane, t("document_name"), [...path, "name"])),
      pane.select(place(pane, t("paper"), [...path, "paper"], "A4"), [["A4", "A4"], ["A5", "A5"], ["postcard", t("paper_postcard")]])),
    h("div", { class: "chips-row", role: "group", "aria-label": t("placeholders") }, ...[...extra.system, ...extra.fields].map(([name, label]) =>
      h("button", { type: "button", class: "button button--small", "data-focus": `${path.join(".")}.${name}`, onclick: () => put(name) }, icon("plus"), label))),
    body, wrong,
  ];
}

function preview(pane: Pane): Child[] {
  if (!all()[shown]) return [h("p", { class: "panel__empty" }, t("nothing_chosen"))];
  const picture = h("img", { class: "sheet-picture", alt: t("document_preview"), hidden: true }), trouble = h("p", { class: "prop__error", role: "status" });
  let drawn = "";
  const ask = async (): Promise<void> => {
    const response = await send(extra.preview, "POST", { definition: store.definition, code: all()[shown]?.code }).catch(() => null);
    trouble.textContent = response?.ok ? "" : t("preview_refused");
    if (!response?.ok) return;
    picture.src = ((await response.json()) as { picture: string }).picture;
    picture.hidden = false;
  };
  const soon = later(500, () => void ask());
  const title = pane.following(h("h2", { class: "panel__title" }), (element) => { element.textContent = ja(all()[shown]?.name); });
  return [title, h("p", { class: "prop__help" }, t("preview_note")), trouble, pane.following(h("div", {}, picture), () => {
    const now = JSON.stringify(all()[shown]);
    if (now !== drawn) soon.soon();
    drawn = now;
  })];
}
