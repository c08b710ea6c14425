/** Draws Flex Messages. Sizes in pixels are those LINE's own viewer shows at normal text size. */
import { labelOf, make, picture, tappable } from "./dom";
import type { Json, Press } from "./types";

const SPACE: Record<string, string> = { none: "0", xs: "2px", sm: "4px", md: "8px", lg: "12px", xl: "16px", xxl: "20px" };
const CORNER: Record<string, string> = { none: "0", xs: "2px", sm: "4px", md: "8px", lg: "12px", xl: "16px", xxl: "20px" };
const BORDER: Record<string, string> = { none: "0", light: "0.5px", normal: "1px", medium: "2px", "semi-bold": "3px", bold: "4px" };
const FONT: Record<string, string> = {
  xxs: "11px", xs: "13px", sm: "14px", md: "16px", lg: "19px", xl: "22px", xxl: "29px", "3xl": "35px", "4xl": "48px", "5xl": "74px",
};
const IMAGE: Record<string, string> = {
  xxs: "40px", xs: "60px", sm: "80px", md: "100px", lg: "120px", xl: "140px", xxl: "160px",
  "3xl": "180px", "4xl": "200px", "5xl": "220px", full: "100%",
};
const CROSS: Record<string, string> = { top: "flex-start", center: "center", bottom: "flex-end" };
const ALONG: Record<string, string> = { start: "flex-start", center: "center", end: "flex-end" };

const length = (table: Record<string, string>, value: string | undefined): string => (value ? (table[value] ?? value) : "");
const ratio = (value: string | undefined): string => (value ?? "1:1").replace(":", " / ");

/** The message's bubbles; `altText` names the group for screen readers. */
export function flexMessage(message: Json, press: Press): HTMLElement {
  const contents = message.contents;
  const single = contents.type === "bubble";
  const group = make("div", single ? "flex-one" : "swipe");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", message.altText);
  if (!single) group.tabIndex = 0;
  for (const item of single ? [contents] : contents.contents) group.append(bubble(item, press));
  return group;
}

function bubble(item: Json, press: Press): HTMLElement {
  const card = make("div", `flex-bubble size-${item.size ?? "mega"}`);
  if (item.direction === "rtl") card.dir = "rtl";
  for (const name of ["header", "hero", "body", "footer"] as const) {
    if (!item[name]) continue;
    const block = make("div", `flex-${name}`);
    const style = item.styles?.[name];
    if (style?.backgroundColor) block.style.backgroundColor = style.backgroundColor;
    if (style?.separator) block.style.borderTop = `1px solid ${style.separatorColor ?? "#d4d6da"}`;
    const content = component(item[name], press, "vertical");
    if (item[name].type === "box") padding(content, item[name]);
    block.append(content);
    card.append(block);
  }
  return card;
}

type Layout = "vertical" | "horizontal" | "baseline";

function component(item: Json, press: Press, parent: Layout): HTMLElement {
  const draw: Record<string, () => HTMLElement> = {
    box: () => box(item, press),
    text: () => text(item, press, parent),
    button: () => button(item, press),
    image: () => image(item, press),
    icon: () => icon(item),
    video: () => component(item.altContent, press, parent),
    separator: () => separator(item, parent),
    filler: () => make("div", "flex-filler"),
  };
  const element = (draw[item.type] ?? (() => make("div")))();
  place(element, item, parent);
  return element;
}

function box(item: Json, press: Press): HTMLElement {
  const element = item.action
    ? tappable(item.action, press, `flex-box ${item.layout} flex-tap`)
    : make("div", `flex-box ${item.layout}`);
  if (item.action) element.setAttribute("aria-label", boxLabel(item));
  const style = element.style;
  if (item.backgroundColor) style.backgroundColor = item.backgroundColor;
  if (item.background) style.background = gradient(item.background);
  style.borderRadius = length(CORNER, item.cornerRadius);
  if (item.borderWidth || item.borderColor) {
    style.border = `${length(BORDER, item.borderWidth ?? "normal")} solid ${item.borderColor ?? "#000000"}`;
  }
  for (const name of ["width", "maxWidth", "height", "maxHeight", "justifyContent", "alignItems"] as const) {
    if (item[name]) style[name] = item[name];
  }
  padding(element, item);
  item.contents.forEach((child: Json, index: number) => {
    const drawn = component(child, press, item.layout);
    const gap = length(SPACE, child.margin ?? (index > 0 ? item.spacing : undefined));
    if (gap && item.layout === "vertical") drawn.style.marginTop = gap;
    if (gap && item.layout !== "vertical") drawn.style.marginInlineStart = gap;
    element.append(drawn);
  });
  return element;
}

function boxLabel(item: Json): string {
  const words = item.contents.map((child: Json) => child.text ?? "").filter(Boolean).join(" ");
  return words || labelOf(item.action, "選ぶ");
}

function gradient(background: Json): string {
  const middle = background.centerColor ? `, ${background.centerColor} ${background.centerPosition ?? "50%"}` : "";
  return `linear-gradient(${background.angle}, ${background.startColor}${middle}, ${background.endColor})`;
}

function padding(element: HTMLElement, item: Json): void {
  if (item.paddingAll) element.style.padding = length(SPACE, item.paddingAll);
  if (item.paddingTop) element.style.paddingTop = length(SPACE, item.paddingTop);
  if (item.paddingBottom) element.style.paddingBottom = length(SPACE, item.paddingBottom);
  if (item.paddingStart) element.style.paddingInlineStart = length(SPACE, item.paddingStart);
  if (item.paddingEnd) element.style.paddingInlineEnd = length(SPACE, item.paddingEnd);
}

/** How the component sits in its parent: share of the room, gravity, offsets. */
function place(element: HTMLElement, item: Json, parent: Layout): void {
  const style = element.style;
  const fixed = item.width !== undefined || ["icon", "separator"].includes(item.type);
  const share = item.flex ?? (parent === "vertical" || fixed ? 0 : 1);
  if (item.type !== "separator") style.flex = share === 0 ? "0 0 auto" : parent === "vertical" ? `${share} 0 auto` : `${share} 1 0`;
  if (item.gravity && parent === "horizontal") style.alignSelf = CROSS[item.gravity] ?? "";
  if (item.position) style.position = item.position;
  if (item.offsetTop) style.top = length(SPACE, item.offsetTop);
  if (item.offsetBottom) style.bottom = length(SPACE, item.offsetBottom);
  if (item.offsetStart) style.insetInlineStart = length(SPACE, item.offsetStart);
  if (item.offsetEnd) style.insetInlineEnd = length(SPACE, item.offsetEnd);
}

function letters(element: HTMLElement, item: Json): void {
  const style = element.style;
  if (item.size) style.fontSize = length(FONT, item.size);
  if (item.color) style.color = item.color;
  if (item.weight === "bold") style.fontWeight = "700";
  if (item.style === "italic") style.fontStyle = "italic";
  if (item.decoration && item.decoration !== "none") style.textDecoration = item.decoration;
}

function text(item: Json, press: Press, parent: Layout): HTMLElement {
  const className = `flex-text${item.wrap ? " wrap" : ""}${parent === "baseline" ? " on-baseline" : ""}`;
  const element = item.action ? tappable(item.action, press, `${className} flex-tap`) : make("div", className);
  if (item.contents?.length) {
    for (const span of item.contents) {
      const part = make("span", "", span.text ?? "");
      letters(part, span);
      element.append(part);
    }
  } else {
    element.append(item.text);
  }
  letters(element, item);
  if (item.align) element.style.textAlign = item.align;
  if (item.lineSpacing) element.style.lineHeight = `calc(1.4em + ${item.lineSpacing})`;
  if (item.maxLines) {
    element.classList.add("clamped");
    element.style.setProperty("-webkit-line-clamp", String(item.maxLines));
  }
  return element;
}

function button(item: Json, press: Press): HTMLElement {
  const kind = item.style ?? "link";
  const element = tappable(item.action, press, `flex-button ${kind} ${item.height ?? "md"}`, labelOf(item.action, "選ぶ"));
  if (item.color) element.style[kind === "link" ? "color" : "backgroundColor"] = item.color;
  return element;
}

function image(item: Json, press: Press): HTMLElement {
  const shown = picture(item.url, "flex-image");
  shown.style.width = length(IMAGE, item.size ?? "md");
  shown.style.aspectRatio = ratio(item.aspectRatio);
  shown.style.objectFit = item.aspectMode === "cover" ? "cover" : "contain";
  if (item.backgroundColor) shown.style.backgroundColor = item.backgroundColor;
  const frame = item.action ? tappable(item.action, press, "flex-frame flex-tap", shown) : make("div", "flex-frame", shown);
  if (item.action) shown.alt = labelOf(item.action, "画像を開く");
  frame.style.justifyContent = ALONG[item.align ?? "center"] ?? "";
  return frame;
}

function icon(item: Json): HTMLElement {
  const shown = picture(item.url, "flex-icon");
  shown.style.height = length(FONT, item.size ?? "md");
  shown.style.aspectRatio = ratio(item.aspectRatio);
  return shown;
}

function separator(item: Json, parent: Layout): HTMLElement {
  const line = make("div", `flex-separator ${parent === "vertical" ? "across" : "down"}`);
  if (item.color) line.style.backgroundColor = item.color;
  return line;
}
