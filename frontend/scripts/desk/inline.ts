// Cells of a list are changed in their place: double click, F2 or Enter; Enter saves, Esc gives up. A range copied from
// a spreadsheet is pasted over cells. The server checks every cell with the revision that was seen.
import { make, post, token } from "./form/calls";
import { bindPeople } from "./form/people";

interface Refusal {
  problem: string;
  revision?: number;
  same_field?: boolean;
  who?: string;
  now?: string;
}

interface Place {
  table: HTMLTableElement;
  row: HTMLTableRowElement;
  cell: HTMLTableCellElement;
}

function place(of: EventTarget | null): Place | null {
  const cell = of instanceof Element ? of.closest<HTMLTableCellElement>("td[data-edit]") : null;
  const row = cell?.closest("tr");
  const table = row?.closest<HTMLTableElement>("table[data-inline]");
  return cell && row && table ? { table, row, cell } : null;
}

function address({ table, row, cell }: Place): string {
  const record = row.id.split("-").pop() ?? "";
  return `${table.dataset["inline"] ?? ""}${record}/cells/${cell.dataset["edit"] ?? ""}/${table.dataset["here"] ?? ""}`;
}

function say(text: string): void {
  let told = document.getElementById("inline-told");
  if (!told) {
    told = make("p", { id: "inline-told", className: "toast" });
    told.setAttribute("role", "status");
    document.body.append(told);
  }
  told.textContent = text;
  window.setTimeout(() => told.textContent === text && (told.textContent = ""), 4000);
}

// The row as the server shows it now, in place of the old one; the focus stays on its cell.
function renew({ row, cell }: Place, html: string): void {
  const holder = document.createElement("tbody");
  holder.innerHTML = html;
  const fresh = holder.querySelector("tr");
  if (!fresh) return;
  const ticked = row.querySelector<HTMLInputElement>("[data-pick]")?.checked;
  row.replaceWith(fresh);
  const pick = fresh.querySelector<HTMLInputElement>("[data-pick]");
  if (pick && ticked) pick.checked = true;
  fresh.querySelector<HTMLElement>(`td[data-edit="${cell.dataset["edit"] ?? ""}"]`)?.focus();
}

// The list is a form of its own, and HTML knows no form inside another.
function typed(box: HTMLElement): FormData {
  const data = new FormData();
  for (const control of box.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("[name]")) {
    if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type) && !control.checked) continue;
    data.append(control.name, control.value);
  }
  return data;
}

async function open(at: Place): Promise<void> {
  if (at.cell.querySelector("[data-cell-form]")) return;
  const response = await fetch(address(at), { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!response?.ok) {
    say(at.cell.title || "—");
    return;
  }
  const before = [...at.cell.childNodes];
  at.cell.innerHTML = await response.text();
  const form = at.cell.querySelector<HTMLElement>("[data-cell-form]");
  if (!form) return;
  bindPeople(form);
  const control = form.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea");
  control?.focus();
  if (control instanceof HTMLInputElement && control.type === "text") control.select();

  const close = (): void => {
    at.cell.replaceChildren(...before);
    at.cell.focus();
  };
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) {
      if (event.target instanceof HTMLTextAreaElement && event.shiftKey) return;
      event.preventDefault();
      void save(at, form, close);
    }
  });
}

async function save(at: Place, form: HTMLElement, close: () => void): Promise<void> {
  const response = await post(address(at), typed(form)).catch(() => null);
  if (response?.ok) {
    renew(at, await response.text());
    say(at.table.dataset["saved"] ?? "");
    return;
  }
  const told = form.querySelector<HTMLElement>("[data-cell-problem]");
  if (!told) return;
  const refusal = (await response?.json().catch(() => null)) as Refusal | null;
  told.hidden = false;
  told.replaceChildren(refusal?.problem ?? "");
  if (response?.status !== 409 || !refusal) return;
  if (refusal.same_field) told.append(` ${refusal.who ?? ""}: ${refusal.now ?? ""}`);
  const mine = make("button", { type: "button", className: "button button--small" }, at.table.dataset["mine"] ?? "");
  const theirs = make("button", { type: "button", className: "button button--small button--quiet" }, at.table.dataset["theirs"] ?? "");
  const seen = form.querySelector<HTMLInputElement>("input[name=revision]");
  mine.addEventListener("click", () => {
    if (seen) seen.value = String(refusal.revision ?? "");
    void save(at, form, close);
  });
  theirs.addEventListener("click", () => location.reload());
  told.append(make("span", { className: "cell-form__ways" }, mine, theirs));
  mine.focus();
}

function beside(at: Place, key: string): HTMLElement | null {
  const cells = [...at.row.querySelectorAll<HTMLElement>("td[data-edit]")];
  const n = cells.indexOf(at.cell);
  if (key === "ArrowRight") return cells[n + 1] ?? null;
  if (key === "ArrowLeft") return cells[n - 1] ?? at.row.querySelector<HTMLElement>("[data-row-link]");
  const row = key === "ArrowDown" ? at.row.nextElementSibling : at.row.previousElementSibling;
  return row?.querySelector<HTMLElement>(`td[data-edit="${at.cell.dataset["edit"] ?? ""}"]`) ?? null;
}

function keys(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row-link]") : null;
  if (link && event.key === "ArrowRight") {
    event.preventDefault();
    link.closest("tr")?.querySelector<HTMLElement>("td[data-edit]")?.focus();
  }
  const at = place(event.target);
  if (!at || event.target !== at.cell) return;
  if (event.key === "Enter" || event.key === "F2") void open(at);
  else if (event.key.startsWith("Arrow")) beside(at, event.key)?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// --- a range from a spreadsheet ---------------------------------------------------------------------------------------

function range(text: string): string[][] {
  return text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
}

async function put(at: Place, value: string): Promise<string> {
  const number = at.cell.dataset["edit"] ?? "";
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token());
  body.set("revision", at.row.dataset["revision"] ?? "");
  body.set("f", number);
  body.set(`f.${number}`, value);
  const response = await post(address(at), body).catch(() => null);
  if (response?.ok) {
    renew(at, await response.text());
    return "";
  }
  return ((await response?.json().catch(() => null)) as Refusal | null)?.problem ?? "?";
}

async function paste(at: Place, lines: string[][]): Promise<void> {
  const { table } = at;
  const words = (table.dataset["paste"] ?? "").replace("{rows}", String(lines.length)).replace("{columns}", String(lines[0]?.length ?? 0));
  if (!window.confirm(words)) return;
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tbody tr")].map((row) => row.id);
  const first = rows.indexOf(at.row.id);
  const column = [...at.row.children].indexOf(at.cell);
  let done = 0;
  const problems: string[] = [];
  for (const [n, line] of lines.entries()) {
    for (const [m, value] of line.entries()) {
      const row = document.getElementById(rows[first + n] ?? "");
      const target = place(row?.children[column + m] ?? null);
      const problem = target ? await put(target, value) : "—";
      if (problem) problems.push(problem);
      else done += 1;
    }
  }
  const missed = problems.length
    ? ` ${(table.dataset["missed"] ?? "").replace("{n}", String(problems.length))}${[...new Set(problems)].slice(0, 3).join(" / ")}`
    : "";
  say((table.dataset["pasted"] ?? "").replace("{done}", String(done)) + missed);
}

export function bindInlineEditing(): void {
  document.addEventListener("dblclick", (event) => {
    const at = place(event.target);
    if (at) void open(at);
  });
  document.addEventListener("keydown", keys);
  document.addEventListener("paste", (event) => {
    const at = place(event.target);
    if (!at || event.target !== at.cell) return;
    const lines = range(event.clipboardData?.getData("text/plain") ?? "");
    event.preventDefault();
    void paste(at, lines);
  });
}
