/** The fee: its lines as formulas, when and how it is paid, and what it comes to for made-up answers. */
import { config, send, t } from "../config";
import { withAt } from "../core/paths";
import { procedureOf, withFee, type Fee, type FeeLine } from "../core/procedure";
import { processOf } from "../core/process";
import { ja } from "../core/texts";
import { freshId, h, icon, later, type Child } from "../dom";
import type { Choice, Pane } from "../pane";
import { place, rows, textPlace } from "./rows";
import { wayNames } from "./way_names";

const F = ["procedure", "fee"] as const;
const fresh = (): Fee => ({ lines: [{ label: t("fee_first"), amount: "300" }], when: "at_application", providers: ["paypay", "counter"], expires_days: 7, refundable_until: [] });

export function fee(pane: Pane, sampleUrl: string): Child[] {
  const there = procedureOf(pane.store.definition)?.fee, { store } = pane;
  const costs = pane.bind(t("has_fee"), "fee.there", (defn) => !!procedureOf(defn)?.fee, (defn, on) => withFee(defn, on ? fresh() : null, wayNames()));
  if (!there) return [pane.tick(costs)];
  const providers = place<readonly string[]>(pane, t("providers"), [...F, "providers"], []);
  const until = place<readonly string[]>(pane, t("refundable_until"), [...F, "refundable_until"], [], t("refundable_help"));
  const statuses = (processOf(store.definition)?.statuses ?? []).map((status): Choice => [status.code, ja(status.name)]);
  return [
    pane.tick(costs),
    rows<FeeLine>(pane, {
      label: t("fee_lines"), help: t("fee_lines_help"), key: "fee.lines", path: [...F, "lines"], add: t("add_fee_line"),
      fresh: () => ({ label: t("fee_first"), amount: "0" }), name: (line) => ja(line.label),
      row: (inner, path) => [inner.words(textPlace(inner, t("fee_label"), [...path, "label"])), inner.source(place(inner, t("fee_amount"), [...path, "amount"], ""), "fee")],
    }),
    h("div", { class: "two" },
      pane.select(place(pane, t("fee_when"), [...F, "when"], "at_application"), [["at_application", t("fee_at_application")], ["after_review", t("fee_after_review")]]),
      pane.number({ ...place<number | null>(pane, t("expires_days"), [...F, "expires_days"], 7), write: (value) => { if (value !== null) store.apply(t("done_changed", { what: t("expires_days") }), withAt(store.definition, [...F, "expires_days"], value), { key: "expires_days" }); } }, 1, 90)),
    pane.ticks({ ...providers, write: (value) => providers.write([...value]) }, [["paypay", "PayPay"], ["linepay", "LINE Pay"], ["counter", t("provider_counter")]]),
    pane.ticks({ ...until, write: (value) => until.write([...value]) }, statuses),
    sample(pane, sampleUrl),
  ];
}

type Asked = { code: string; label: string; type: string; options: [string, string][]; value: string };
type Sample = { fields: Asked[]; lines: { label: string; amount: number }[]; total: number; error: string };

/** 「この答えならいくらか」: the fields that the formulas read, as boxes, and the sum. */
function sample(pane: Pane, url: string): HTMLElement {
  const values: Record<string, string> = {}, boxes = h("div", { class: "two" }), told = h("div", { class: "sample__sum", role: "status" });
  let shown = "";
  const ask = async (): Promise<void> => {
    const response = await send(url, "POST", { definition: pane.store.definition, values }).catch(() => null);
    if (!response?.ok) return told.replaceChildren(t("sample_refused"));
    const found = (await response.json()) as Sample;
    const names = JSON.stringify(found.fields.map((field) => [field.code, field.label, field.options]));
    if (names !== shown) boxes.replaceChildren(...found.fields.map((field) => box(field)));
    shown = names;
    told.replaceChildren(...(found.error ? [h("p", { class: "prop__error" }, found.error)] : sum(found)));
  };
  const soon = later(300, () => void ask());
  const box = (field: Asked): HTMLElement => {
    const id = freshId(), take = (value: string): void => { values[field.code] = value; soon.soon(); };
    const input = field.options.length
      ? h("select", { class: "input", id, onchange: (event: Event) => take((event.target as HTMLSelectElement).value) }, ...field.options.map(([value, label]) => h("option", { value, selected: value === field.value }, label)))
      : h("input", { class: "input", id, value: field.value, oninput: (event: Event) => take((event.target as HTMLInputElement).value) });
    return h("div", { class: "prop" }, h("label", { class: "prop__label", for: id }, field.label), input);
  };
  return pane.following(h("section", { class: "sample", "aria-label": t("sample") }, h("h3", { class: "panel__heading" }, t("sample")), h("p", { class: "prop__help" }, t("sample_help")), boxes, told), () => soon.soon());
}

function sum(found: Sample): Child[] & Node[] {
  const yen = (amount: number): string => t("yen_amount", { amount: amount.toLocaleString("ja-JP") });
  const lines = found.lines.map((line) => h("tr", {}, h("th", { scope: "row" }, line.label), h("td", { class: "number" }, yen(line.amount))));
  return [h("table", { class: "table" }, h("tbody", {}, ...lines), h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, t("total")), h("td", { class: "number" }, yen(found.total))))),
    ...(found.total === 0 ? [h("p", { class: "prop__help" }, icon("warning"), t("sample_free"))] : [])];
}

export const feeUrl = (): string => config.urls.draft.replace(/draft\.json$/, "fee-sample");
