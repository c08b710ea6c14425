/** Small helpers for making elements. */
import type { Action, Press } from "./types";

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is missing`);
  return element as T;
}

/** Where a link of the real LINE leads in the simulator. */
export function simulated(uri: string): string {
  return uri
    .replace(/^https:\/\/liff\.line\.me\//, "/liff/")
    .replace(/^https:\/\/access\.line\.me\//, "/");
}

/** An element that does `action`: a real link for addresses, a button for everything else. */
export function tappable(action: Action, press: Press, className: string, ...children: (Node | string)[]): HTMLElement {
  const uri = action.uri ?? action.linkUri;
  if (action.type === "uri" && uri) {
    const link = make("a", className, ...children);
    link.href = simulated(uri);
    link.target = "_blank";
    link.rel = "noopener";
    return link;
  }
  const button = make("button", className, ...children);
  button.type = "button";
  button.addEventListener("click", () => press(action));
  return button;
}

export function labelOf(action: Action, otherwise: string): string {
  return action.label || action.text || otherwise;
}

export function picture(url: string, className: string, alt = ""): HTMLImageElement {
  const image = make("img", className);
  image.src = url;
  image.alt = alt;
  image.loading = "lazy";
  return image;
}

const clock = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("ja-JP", {
  timeZone: "Asia/Tokyo", year: "numeric", month: "long", day: "numeric", weekday: "short",
});
export const timeText = (ms: number): string => clock.format(ms);
export const dayText = (ms: number): string => day.format(ms);
