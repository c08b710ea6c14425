/** Draws one line of the talk: a bubble with its time, or a small note in the middle. */
import { labelOf, make, picture, tappable, timeText } from "./dom";
import { flexMessage } from "./flex";
import type { Json, Press, Row } from "./types";

const NOTES: Record<string, string> = {
  follow: "友だちに追加しました",
  unfollow: "ブロックしました",
  unsend: "メッセージの送信を取り消しました",
  accountLink: "アカウント連携を終えました",
};

/** The element for a row, or null when the person sees nothing of it (a postback without text). */
export function drawRow(row: Row, account: string, press: Press): HTMLElement | null {
  if (row.from === "bot") return line("bot", row, botContent(row.message, press), row.message.sender?.name ?? account);
  if (row.message.type === "message") {
    return line("user", row, row.unsent ? make("p", "bubble gone", "送信を取り消しました") : userContent(row.message.message));
  }
  if (row.shown) return line("user", row, make("p", "bubble", row.shown));
  const note = NOTES[row.message.type];
  return note ? make("p", "note", note) : null;
}

function line(side: "bot" | "user", row: Row, content: HTMLElement, name = ""): HTMLElement {
  const time = make("span", "time", make("span", "read"), timeText(row.at));
  const item = make("div", `line ${side}`);
  item.dataset.n = String(row.n);
  if (side === "bot") {
    const avatar = make("span", "avatar small", name.slice(0, 1));
    avatar.setAttribute("aria-hidden", "true");
    item.append(avatar);
  }
  item.append(make("span", "visually-hidden", side === "bot" ? `${name}：` : "自分："), content, time);
  return item;
}

function botContent(message: Json, press: Press): HTMLElement {
  const draw: Record<string, () => HTMLElement> = {
    flex: () => flexMessage(message, press),
    template: () => template(message, press),
    imagemap: () => imagemap(message, press),
    image: () => link(message.originalContentUrl, picture(message.previewImageUrl, "photo", "写真")),
    video: () => link(message.originalContentUrl, picture(message.previewImageUrl, "photo", "動画")),
    audio: () => link(message.originalContentUrl, make("span", "bubble", "音声を聞く")),
  };
  return (draw[message.type] ?? (() => userContent(message)))();
}

/** What both sides can send. */
function userContent(content: Json): HTMLElement {
  const stored = `/phone/content/${content.id}`;
  const draw: Record<string, () => HTMLElement> = {
    text: () => words(content.text),
    textV2: () => words(content.text),
    image: () => link(stored, picture(stored, "photo", "送った写真")),
    video: () => link(stored, make("span", "bubble", "動画")),
    audio: () => link(stored, make("span", "bubble", "音声")),
    file: () => link(stored, make("span", "bubble", content.fileName ?? "ファイル")),
    sticker: () => make("p", "sticker", "スタンプ", make("span", "", `${content.packageId} / ${content.stickerId}`)),
    location: () => location(content),
  };
  return (draw[content.type] ?? (() => make("p", "bubble gone", "この種類は表示できません")))();
}

/** A text bubble; addresses become links, as LINE makes them. */
function words(text: string): HTMLElement {
  const bubble = make("p", "bubble");
  for (const part of text.split(/(https?:\/\/[^\s　「」（）]+)/)) {
    if (/^https?:\/\//.test(part)) bubble.append(link(part, part));
    else bubble.append(part);
  }
  return bubble;
}

function link(url: string, content: Node | string): HTMLElement {
  const element = make("a", "", content);
  element.href = url;
  element.target = "_blank";
  element.rel = "noopener";
  return element;
}

function location(content: Json): HTMLElement {
  const url = `https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}#map=17/${content.latitude}/${content.longitude}`;
  const pin = make("span", "place-pin", "◎");
  pin.setAttribute("aria-hidden", "true");
  const card = make("div", "card place", pin, make("strong", "", content.title ?? "場所"));
  if (content.address) card.append(make("span", "", content.address));
  card.append(link(url, `地図で見る（${content.latitude.toFixed(4)}, ${content.longitude.toFixed(4)}）`));
  return card;
}

function template(message: Json, press: Press): HTMLElement {
  const body = message.template;
  if (body.type === "carousel" || body.type === "image_carousel") {
    const draw = body.type === "carousel" ? templateCard : imageColumn;
    const group = make("div", "swipe", ...body.columns.map((column: Json) => draw(column, press, body)));
    group.tabIndex = 0;
    return named(group, message.altText);
  }
  return named(templateCard(body, press, body), message.altText);
}

function named(element: HTMLElement, name: string): HTMLElement {
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", name);
  return element;
}

function templateCard(column: Json, press: Press, look: Json): HTMLElement {
  const card = make("div", `card ${look.type}`);
  if (column.thumbnailImageUrl) {
    const shown = picture(column.thumbnailImageUrl, `thumbnail ${look.imageAspectRatio ?? "rectangle"} ${look.imageSize ?? "cover"}`);
    if (column.imageBackgroundColor) shown.style.backgroundColor = column.imageBackgroundColor;
    card.append(shown);
  }
  const text = make("div", "card-text");
  if (column.title) text.append(make("strong", "", column.title));
  text.append(make("p", "", column.text));
  const actions = make("div", "card-actions");
  for (const action of column.actions) actions.append(tappable(action, press, "card-action", labelOf(action, "選ぶ")));
  card.append(text, actions);
  return card;
}

function imageColumn(column: Json, press: Press): HTMLElement {
  const label = labelOf(column.action, "開く");
  return tappable(column.action, press, "card image-column", picture(column.imageUrl, "thumbnail square cover"), make("span", "", label));
}

function imagemap(message: Json, press: Press): HTMLElement {
  const map = named(make("div", "imagemap", picture(`${message.baseUrl}/1040`, "", message.altText)), message.altText);
  for (const action of message.actions) {
    const spot = tappable(action.linkUri ? { ...action, uri: action.linkUri } : action, press, "spot");
    spot.setAttribute("aria-label", labelOf(action, message.altText));
    cover(spot, action.area, message.baseSize.width, message.baseSize.height);
    map.append(spot);
  }
  return map;
}

/** Lays an element over its part of a picture. */
export function cover(spot: HTMLElement, area: Json, width: number, height: number): void {
  spot.style.left = `${(area.x / width) * 100}%`;
  spot.style.top = `${(area.y / height) * 100}%`;
  spot.style.width = `${(area.width / width) * 100}%`;
  spot.style.height = `${(area.height / height) * 100}%`;
}
