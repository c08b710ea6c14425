/** A text in Japanese, and behind a press in easy Japanese and English. */
import { t } from "../config";
import { said, withSaid } from "../core/texts";
import { LANGUAGES, type Field, type Language, type Text } from "../core/types";
import { freshId, h } from "../dom";
import { put, type Control, type Row } from "./control";

type Box = HTMLInputElement | HTMLTextAreaElement;

/** `set` takes the new text; undefined where Japanese is empty. */
export function words(row: Row, long: boolean): Control {
  const boxes = new Map<Language, Box>();
  const typed = (language: Language, box: Box): void => {
    const text = withSaid(row.value as Text | null, language, box.value);
    if (text !== undefined || row.property.default === null) row.set(text ?? row.property.default);
  };
  const make = (language: Language): Box => {
    const listen = { oninput: () => typed(language, box) };
    const box: Box = long ? h("textarea", { class: "textarea textarea--short", rows: 3, ...listen }) : h("input", { class: "input", ...listen });
    boxes.set(language, box);
    return box;
  };
  const element = row.labelled(make("ja"), others(make));
  return { element, refresh: (field) => { for (const [language, box] of boxes) if (document.activeElement !== box) put(box, said(row.of(field) as Text | null, language)); } };
}

/** The other languages of the label itself. */
export function labelLanguages(row: Row): Control {
  const boxes = new Map<Language, Box>();
  const make = (language: Language): Box => {
    const box = h("input", { class: "input", oninput: () => {
      const field = row.field, text = field && withSaid(field.label, language, box.value);
      if (field && text) row.actions.set(field, "label", text, row.property.label);
    } });
    boxes.set(language, box);
    return box;
  };
  const refresh = (field: Field): void => { for (const [language, box] of boxes) if (document.activeElement !== box) put(box, said(field.label, language)); };
  return { element: h("div", { class: "prop" }, others(make)), refresh };
}

function others(make: (language: Language) => Box): HTMLElement {
  const rows = LANGUAGES.filter((language) => language !== "ja").map((language) => {
    const box = make(language);
    box.id = freshId();
    box.lang = language === "en" ? "en" : "ja";
    return h("div", { class: "prop__language" }, h("label", { class: "prop__sub", for: box.id }, t(`language_${language}`)), box);
  });
  return h("details", { class: "prop__more" }, h("summary", {}, t("other_languages")), ...rows);
}
