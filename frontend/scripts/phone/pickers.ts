/** The phone's own pickers: moment, place, photos. Each resolves to null when the person thinks better of it. */
import { byId, make } from "./dom";
import type { Action } from "./types";

function ask(dialog: HTMLDialogElement): Promise<boolean> {
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok"), { once: true });
    dialog.showModal();
  });
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog")?.close("cancel"));
}

const MODES = {
  date: { type: "date", title: "日付を選ぶ", label: "日付" },
  time: { type: "time", title: "時刻を選ぶ", label: "時刻" },
  datetime: { type: "datetime-local", title: "日時を選ぶ", label: "日付と時刻" },
} as const;

export async function pickMoment(action: Action): Promise<string | null> {
  const mode = MODES[action.mode ?? "date"];
  const input = byId<HTMLInputElement>("moment-input");
  input.type = mode.type;
  input.min = (action.min ?? (action.mode === "time" ? "" : "1900-01-01")).replace("t", "T");
  input.max = (action.max ?? "").replace("t", "T");
  input.value = (action.initial ?? "").replace("t", "T");
  byId("moment-title").textContent = action.label ?? mode.title;
  byId("moment-label").textContent = mode.label;
  return (await ask(byId("moment"))) && input.value ? input.value : null;
}

export async function pickPlace(): Promise<Record<string, string> | null> {
  const dialog = byId<HTMLDialogElement>("place");
  if (!(await ask(dialog))) return null;
  const values: Record<string, string> = {};
  new FormData(dialog.querySelector("form") ?? undefined).forEach((value, key) => (values[key] = String(value)));
  return values;
}

/** Photos from this machine, or a drawn sample; several only from the camera roll. */
export async function pickPhotos(kind: "camera" | "cameraRoll"): Promise<Blob[] | null> {
  const dialog = byId<HTMLDialogElement>("photos");
  const input = byId<HTMLInputElement>("photos-input");
  input.value = "";
  input.multiple = kind === "cameraRoll";
  if (kind === "camera") input.setAttribute("capture", "environment");
  else input.removeAttribute("capture");
  byId("photos-title").textContent = kind === "camera" ? "カメラで撮る" : "写真を選ぶ";
  let sample: Blob | null = null;
  const samples = dialog.querySelectorAll<HTMLButtonElement>("[data-sample]");
  for (const button of samples) {
    button.onclick = async () => {
      sample = await drawSample(button.dataset.sample ?? "");
      dialog.close("ok");
    };
  }
  if (!(await ask(dialog))) return null;
  if (sample) return [sample];
  return input.files?.length ? [...input.files] : null;
}

/** A picture of an identity card that nobody could take for a real one. */
function drawSample(side: string): Promise<Blob> {
  const canvas = make("canvas");
  canvas.width = 1280;
  canvas.height = 800;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  const lines = side === "表" ? ["氏名　見本 花子", "生年月日　昭和60年4月1日", "住所　見本県見本市見本1番1号"] : ["裏面", "備考欄　（記載なし）"];
  pen.fillStyle = "#5d6b78";
  pen.fillRect(0, 0, 1280, 800);
  pen.fillStyle = "#f3efe2";
  pen.fillRect(90, 70, 1100, 660);
  pen.fillStyle = "#1a1a1a";
  pen.font = "700 56px sans-serif";
  pen.fillText(`見本　身分証（${side}）`, 150, 180);
  pen.font = "44px sans-serif";
  lines.forEach((text, index) => pen.fillText(text, 150, 320 + index * 90));
  pen.fillStyle = "rgba(206, 0, 0, 0.25)";
  pen.font = "700 200px sans-serif";
  pen.fillText("見本", 720, 660);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", 0.85),
  );
}
