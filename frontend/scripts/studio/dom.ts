/** Small helpers for making elements. */
import { config } from "./config";

type Attributes = Record<string, string | number | boolean | ((event: never) => void) | undefined>;
export type Child = Node | string | null | undefined | false;

/** An element: `on…` are listeners, true and false attributes present or absent, the rest attributes as written. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else if (value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

/** A line icon by its name. */
export function icon(name: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" })) svg.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", config.icons[name] ?? "");
  svg.append(path);
  return svg;
}

/** A square button with an icon and a name for those who do not see it. */
export function iconButton(name: string, label: string, press: () => void, more: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick: press, ...more }, icon(name));
}

export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`#${id} is missing`);
  return element as T;
}

let last = 0;
/** An id for a label and its control. */
export const freshId = (): string => `d${(last += 1)}`;

/** Calls `act` once nothing was asked for `ms` milliseconds. */
export function later(ms: number, act: () => void): { soon(): void; now(): void; cancel(): void } {
  let timer = 0;
  const cancel = (): void => window.clearTimeout(timer);
  return { cancel, now: () => { cancel(); act(); }, soon: () => { cancel(); timer = window.setTimeout(act, ms); } };
}
