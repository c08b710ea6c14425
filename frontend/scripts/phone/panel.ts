/** The panel beside the phone: clock, faults, webhook log. */
import { byId, make } from "./dom";
import type { Json, State } from "./types";

const REASONS: Record<string, string> = {
  ok: "届いた",
  request_timeout: "2秒以内に答えなし",
  could_not_connect: "つながらない",
  error_status_code: "エラーの答え",
  unclassified: "不明な失敗",
  no_webhook_url: "送り先が未設定",
};
const SWITCHES = ["duplicate", "reorder", "drop_response", "redeliver"] as const;
const stamp = new Intl.DateTimeFormat("ja-JP", {
  timeZone: "Asia/Tokyo", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});
const short = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit", second: "2-digit" });

type Send = (path: string, body: Json) => Promise<Json>;

export function showPanel(state: State): void {
  byId("clock").textContent = stamp.format(state.nowMs);
  byId("clock-offset").textContent = state.offsetS ? `（本当の時刻より${spell(state.offsetS)}先）` : "（本当の時刻）";
  const block = byId<HTMLButtonElement>("block");
  block.textContent = state.blocked ? "ブロックを解除する" : "ブロックする";
  block.setAttribute("aria-pressed", String(state.blocked));
  if (state.faults) showFaults(state.faults);
  byId("log").replaceChildren(...(state.log.length ? state.log.map(logRow) : [emptyRow()]));
}

function spell(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return [days && `${days}日`, hours && `${hours}時間`, minutes && `${minutes}分`].filter(Boolean).join("") || `${seconds}秒`;
}

function logRow(item: State["log"][number]): HTMLElement {
  const failed = item.reason !== "ok";
  const result = `${failed ? "✕" : "✓"} ${REASONS[item.reason] ?? item.reason}${item.status ? ` ${item.status}` : ""}・${item.tookMs}ms`;
  const events = item.attempt > 1 ? `${item.events}（${item.attempt}回目）` : item.events;
  return make("tr", failed ? "failed" : "", make("td", "", short.format(item.at)), make("td", "", events), make("td", "", result));
}

function emptyRow(): HTMLElement {
  const cell = make("td", "", "まだありません。");
  cell.colSpan = 3;
  return make("tr", "", cell);
}

function showFaults(faults: Record<string, Json>): void {
  const form = byId<HTMLFormElement>("faults");
  const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;
  for (const name of SWITCHES) field(name).checked = Number(faults[name]) > 0;
  for (const call of ["push", "reply"]) field(`fail_${call}`).checked = Boolean(faults.fail_api[call]);
  field("delay_ms").value = String(faults.delay_ms);
  field("quota").value = faults.quota === null ? "" : String(faults.quota);
}

function chosenFaults(form: HTMLFormElement): Json {
  const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;
  const failing = ["push", "reply"].filter((call) => field(`fail_${call}`).checked);
  return {
    ...Object.fromEntries(SWITCHES.map((name) => [name, field(name).checked])),
    fail_api: Object.fromEntries(failing.map((call) => [call, 500])),
    delay_ms: Number(field("delay_ms").value) || 0,
    quota: field("quota").value === "" ? null : Number(field("quota").value),
  };
}

export function wirePanel(send: Send): void {
  const form = byId<HTMLFormElement>("faults");
  form.addEventListener("change", () => void send("/control/faults", chosenFaults(form)));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-advance]")) {
    button.addEventListener("click", () => void send("/control/clock", { advance_s: Number(button.dataset.advance) }));
  }
}
