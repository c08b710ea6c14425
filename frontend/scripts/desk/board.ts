// Cards are dragged between columns; the card's menu does the same without a mouse. What is allowed stands in the menu.
import htmx from "htmx.org";
import Sortable from "sortablejs";
import { bindCalendar } from "./calendar";
import { isOver, putBack } from "./dropping";

// A style attribute that is set as text is inline style, which our policy does not allow.
htmx.config.attributesToSettle = ["class"];

const scrolled = { left: 0, top: 0, focus: "" };

function waysTo(card: HTMLElement, column: string): HTMLElement[] {
  return [...card.querySelectorAll<HTMLElement>("[data-move]")].filter((way) => way.dataset.move === column);
}

function columnOf(list: Element): HTMLElement | null {
  return list.closest<HTMLElement>("[data-column]");
}

function showTargets(board: HTMLElement, card: HTMLElement | null): void {
  board.querySelectorAll<HTMLElement>("[data-column]").forEach((column) => {
    const home = card !== null && column.contains(card);
    const open = card !== null && waysTo(card, column.dataset.column ?? "").length > 0;
    column.classList.toggle("board__column--open", open);
    column.classList.toggle("board__column--shut", card !== null && !open && !home);
  });
}

function dropped(event: Sortable.SortableEvent): void {
  const card = event.item;
  const target = columnOf(event.to)?.dataset.column ?? "";
  if (event.to === event.from) return;
  if (!isOver(event, columnOf(event.to))) {
    putBack(event);
    return;
  }
  const ways = waysTo(card, target);
  const way = ways.length === 1 ? ways[0] : undefined; // Several actions may lead there: the menu asks which.
  if (way instanceof HTMLFormElement) {
    way.requestSubmit(way.querySelector("button"));
  } else if (way instanceof HTMLAnchorElement) {
    location.assign(way.href);
  } else {
    putBack(event);
    const menu = card.querySelector<HTMLDetailsElement>("[data-menu]");
    if (menu) menu.open = true;
    menu?.querySelector<HTMLElement>("summary")?.focus();
  }
}

function bindDrag(board: HTMLElement): void {
  board.querySelectorAll<HTMLElement>("[data-cards]").forEach((list) => {
    Sortable.create(list, {
      group: {
        name: "board",
        put: (to, _from, card) => waysTo(card, columnOf(to.el)?.dataset.column ?? "").length > 0,
      },
      sort: false,
      draggable: "[data-movable]",
      filter: "a, summary, button",
      preventOnFilter: false,
      delay: 200,
      delayOnTouchOnly: true,
      chosenClass: "card-item--lifted",
      onStart: (event) => showTargets(board, event.item),
      onEnd: (event) => {
        showTargets(board, null);
        dropped(event);
      },
    });
  });
}

function bindTabs(board: HTMLElement): void {
  const tabs = [...document.querySelectorAll<HTMLAnchorElement>("[data-board-tab]")];
  const columns = [...board.querySelectorAll<HTMLElement>("[data-column]")];
  const mark = (): void => {
    const width = columns[0]?.offsetWidth ?? 1;
    const here = Math.min(Math.round(board.scrollLeft / width), columns.length - 1);
    tabs.forEach((tab, n) => (n === here ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current")));
  };
  tabs.forEach((tab, n) =>
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      board.scrollTo({ left: (columns[n]?.offsetLeft ?? 0) - board.offsetLeft });
    }),
  );
  board.addEventListener("scroll", mark, { passive: true });
  mark();
}

/** Forms that put a record elsewhere are sent in the background; the page comes back as it then is. */
function bindPlacing(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !("place" in form.dataset)) return;
    event.preventDefault();
    const board = document.querySelector<HTMLElement>("[data-board]");
    Object.assign(scrolled, { left: board?.scrollLeft ?? 0, top: board?.scrollTop ?? 0 });
    scrolled.focus = form.closest<HTMLElement>("[data-card]")?.id ?? "";
    const values = Object.fromEntries(new FormData(form, event.submitter));
    void htmx.ajax("post", form.action, { values, target: "#main", swap: "outerHTML", select: "#main" });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!(event.target instanceof HTMLElement) || event.target.id !== "main") return;
    bindBoard();
    bindCalendar();
    const board = document.querySelector<HTMLElement>("[data-board]");
    board?.scrollTo(scrolled.left, scrolled.top);
    const card = scrolled.focus ? document.getElementById(scrolled.focus) : null;
    (card?.querySelector<HTMLElement>("[data-row-link]") ?? document.getElementById("main"))?.focus();
  });
}

function bindBoard(): void {
  const board = document.querySelector<HTMLElement>("[data-board]");
  if (!board) return;
  bindDrag(board);
  bindTabs(board);
}

export function bindBoards(): void {
  bindPlacing();
  bindBoard();
  bindCalendar();
}
