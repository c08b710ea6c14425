// While a comment is written, "@" and some letters offer colleagues, departments and groups.
import { later, make } from "./form/calls";
import { findPeople, Suggestions } from "./form/people";

const KINDS = ["staff", "department", "group"] as const;

function bind(form: HTMLFormElement): void {
  const area = form.querySelector("textarea");
  const url = form.dataset["comment"];
  if (!area || !url) return;

  // What stands between the last "@" and the cursor; null where no name is being written.
  const word = (): string | null => {
    const before = area.value.slice(0, area.selectionStart);
    return /[@＠]([^\s@＠]{0,40})$/.exec(before)?.[1] ?? null;
  };
  const suggestions = new Suggestions(area, form.dataset["none"] ?? "", (one) => {
    const end = area.selectionStart;
    const start = end - (word()?.length ?? 0) - 1;
    area.setRangeText(`@${one.name} `, start, end, "end");
    const value = `${one.kind}:${one.code}`;
    if (!form.querySelector(`input[name=mention][value="${CSS.escape(value)}"]`)) {
      form.append(make("input", { type: "hidden", name: "mention", value }));
    }
    area.focus();
  });
  const look = later(150, () => {
    const words = word();
    if (!words) suggestions.close();
    else void findPeople(url, KINDS, words).then((found) => word() === words && suggestions.show(found));
  });
  area.addEventListener("input", look);
  area.addEventListener("keydown", (event) => {
    if (suggestions.key(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
  });
}

export function bindComments(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-comment]").forEach(bind);
}
