/** The phone in the browser: draws the chat, does what is pressed, follows the server's events. */
import { byId, dayText, labelOf, make, tappable } from "./phone/dom";
import { cover, drawRow } from "./phone/messages";
import { showPanel, wirePanel } from "./phone/panel";
import { pickMoment, pickPhotos, pickPlace } from "./phone/pickers";
import type { Action, Json, RichMenu, State } from "./phone/types";

const device = byId("device");
const talk = byId("talk");
const typed = byId<HTMLInputElement>("typed");
const chips = byId("chips");
const menu = byId("rich-menu");
const menuBar = byId<HTMLButtonElement>("menu-bar");
const menuToggle = byId<HTMLButtonElement>("menu-toggle");
const attach = byId<HTMLButtonElement>("attach");
const attachments = byId("attachments");
const user = device.dataset.user ?? "";
const account = device.dataset.account ?? "";

let last = 0;
let lastDay = "";
let shownMenu = "";
let shownChips = "";
let asking: Promise<void> | null = null;
let askAgain = false;

/** Sends something to the simulator; a refusal is shown, never swallowed. */
async function send(path: string, body: Json): Promise<Json> {
  const form = body instanceof FormData;
  try {
    const response = await fetch(path, {
      method: "POST",
      body: form ? body : JSON.stringify(body),
      headers: form ? {} : { "Content-Type": "application/json" },
    });
    const answer = await response.json();
    if (!response.ok) toast(`できませんでした：${answer.error}`);
    return answer;
  } catch {
    toast("シミュレーターにつながりません。動いているか確かめてください。");
    return {};
  } finally {
    void refresh();
  }
}

const act = (name: string, body: Json = {}): Promise<Json> => send(`/control/users/${user}/${name}`, body);

let toastTimer = 0;
function toast(words: string): void {
  byId("toast").textContent = words;
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => (byId("toast").textContent = ""), 5000);
}

async function press(action: Action, quick = false): Promise<void> {
  if (action.type === "camera" || action.type === "cameraRoll") return sendPhotos(action.type);
  if (action.type === "location") return sendPlace();
  const value = action.type === "datetimepicker" ? await pickMoment(action) : undefined;
  if (value === null) return;
  const answer = await act("press", { action, value, quick });
  if (answer.copied) {
    await navigator.clipboard?.writeText(answer.copied).catch(() => undefined);
    toast("コピーしました");
  }
  obey(answer);
}

/** What a postback asks of the screen: open the menu, close it, or bring up the keyboard. */
function obey(answer: Json): void {
  if (answer.inputOption === "openRichMenu") openMenu(true);
  if (answer.inputOption === "closeRichMenu") openMenu(false);
  if (answer.inputOption === "openKeyboard") {
    openMenu(false);
    typed.value = answer.fillInText ?? "";
    typed.focus();
  }
}

async function sendPhotos(kind: "camera" | "cameraRoll"): Promise<void> {
  const photos = await pickPhotos(kind);
  if (!photos) return;
  const form = new FormData();
  for (const photo of photos) form.append("image", photo, photo instanceof File ? photo.name : "photo.jpg");
  await act("image", form);
}

async function sendPlace(): Promise<void> {
  const place = await pickPlace();
  if (place) await act("location", place);
}

function openMenu(open: boolean): void {
  const shown = open && shownMenu !== "";
  menu.hidden = !shown;
  menuBar.hidden = shownMenu === "";
  for (const button of [menuBar, menuToggle]) button.setAttribute("aria-expanded", String(shown));
  scrollDown();
}

function drawMenu(rich: RichMenu | null): void {
  const key = rich ? rich.richMenuId : "";
  if (key === shownMenu) return;
  const wasOpen = !menu.hidden;
  const first = shownMenu === "";
  shownMenu = key;
  menuToggle.hidden = !rich;
  menu.replaceChildren();
  if (rich) {
    const image = make("img");
    image.src = `/phone/menu/${rich.richMenuId}`;
    image.alt = "";
    image.width = rich.size.width;
    image.height = rich.size.height;
    menu.append(image);
    rich.areas.forEach((area, index) => {
      const spot = tappable(area.action, (action) => void press(action), "spot");
      spot.setAttribute("aria-label", labelOf(area.action, `メニュー ${index + 1}`));
      cover(spot, area.bounds, rich.size.width, rich.size.height);
      menu.append(spot);
    });
    menuBar.textContent = rich.chatBarText;
  }
  openMenu(first ? rich !== null && rich.selected : wasOpen);
}

function drawChips(actions: Action[]): void {
  const key = JSON.stringify(actions);
  if (key === shownChips) return;
  shownChips = key;
  chips.replaceChildren(
    ...actions.map((action) => tappable(action, (pressed) => void press(pressed, true), "chip", labelOf(action, "選ぶ"))),
  );
  chips.hidden = actions.length === 0;
}

function drawMessages(state: State): boolean {
  for (const row of state.messages) {
    last = Math.max(last, row.n);
    const element = drawRow(row, account, (action) => void press(action));
    if (!element) continue;
    const day = dayText(row.at);
    if (day !== lastDay) talk.append(make("p", "day", day));
    lastDay = day;
    talk.append(element);
  }
  for (const line of talk.querySelectorAll<HTMLElement>(".line.user")) {
    const mark = line.querySelector(".read");
    if (mark) mark.textContent = Number(line.dataset.n) <= state.readN ? "既読" : "";
  }
  for (const n of state.unsent) markUnsent(n);
  return state.messages.length > 0;
}

function markUnsent(n: number): void {
  const content = talk.querySelector(`.line.user[data-n="${n}"] > :nth-child(2)`);
  if (content && !content.classList.contains("gone")) content.replaceWith(make("p", "bubble gone", "送信を取り消しました"));
}

let loadingTimer = 0;
function drawLoading(milliseconds: number): boolean {
  clearTimeout(loadingTimer);
  talk.querySelector(".loading")?.remove();
  if (milliseconds <= 0) return false;
  const dots = make("div", "loading", make("span"), make("span"), make("span"));
  dots.setAttribute("role", "img");
  dots.setAttribute("aria-label", "入力中");
  talk.append(dots);
  loadingTimer = window.setTimeout(() => void refresh(), milliseconds + 100);
  return true;
}

function scrollDown(): void {
  talk.scrollTop = talk.scrollHeight;
}

/** Fetches what is new; calls that come meanwhile are answered by one more fetch. */
function refresh(): Promise<void> {
  if (asking) {
    askAgain = true;
    return asking;
  }
  asking = fetchState().finally(() => {
    asking = null;
    if (askAgain) {
      askAgain = false;
      void refresh();
    }
  });
  return asking;
}

async function fetchState(): Promise<void> {
  const response = await fetch(`/phone/${user}/state?after=${last}`).catch(() => null);
  if (!response?.ok) return toast("シミュレーターにつながりません。つながると自動で続きを表示します。");
  const state: State = await response.json();
  const newer = drawMessages(state);
  const loading = drawLoading(state.loadingMs);
  drawChips(state.quickReplies);
  drawMenu(state.richMenu);
  showPanel(state);
  if (newer || loading) scrollDown();
  device.dataset.ready = String(last);
}

byId<HTMLFormElement>("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = typed.value;
  if (!text.trim()) return;
  typed.value = "";
  void act("text", { text }).then((answer) => {
    if (!answer.webhookEventIds && !typed.value) typed.value = text;
  });
});

for (const button of [menuBar, menuToggle]) button.addEventListener("click", () => openMenu(Boolean(menu.hidden)));
attach.addEventListener("click", () => {
  attachments.hidden = !attachments.hidden;
  attach.setAttribute("aria-expanded", String(!attachments.hidden));
});
for (const button of attachments.querySelectorAll<HTMLButtonElement>("button")) {
  button.addEventListener("click", () => {
    attachments.hidden = true;
    attach.setAttribute("aria-expanded", "false");
    const kind = button.dataset.attach;
    if (kind === "location") void sendPlace();
    else if (kind === "sticker") void act("sticker");
    else void sendPhotos(kind as "camera" | "cameraRoll");
  });
}
byId("unsend").addEventListener("click", () => void act("unsend"));
byId("block").addEventListener("click", (event) => {
  const pressed = (event.currentTarget as HTMLElement).getAttribute("aria-pressed") === "true";
  void act(pressed ? "unblock" : "block");
});
wirePanel(send);

const events = new EventSource(`/phone/${user}/events`);
events.addEventListener("message", () => void refresh());
events.addEventListener("open", () => void refresh());
void refresh();
