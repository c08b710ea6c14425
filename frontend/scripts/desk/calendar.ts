// Entries are dragged to another day; each entry's own form, with a date to type, does the same without a mouse.
import Sortable from "sortablejs";
import { isOver, putBack } from "./dropping";

function dropped(event: Sortable.SortableEvent): void {
  if (event.to === event.from) return;
  const day = event.to.closest<HTMLElement>("[data-day]");
  const form = event.item.querySelector<HTMLFormElement>("[data-place]");
  const input = form?.querySelector<HTMLInputElement>("[name=value]");
  if (!day || !form || !input || !isOver(event, day)) {
    putBack(event);
    return;
  }
  input.value = day.dataset.day ?? "";
  form.requestSubmit();
}

export function bindCalendar(): void {
  const calendar = document.querySelector<HTMLElement>("[data-calendar]");
  calendar?.querySelectorAll<HTMLElement>("[data-entries]").forEach((list) => {
    Sortable.create(list, {
      group: { name: "calendar", put: list.closest("[data-day]") !== null },
      sort: false,
      draggable: "[data-movable]",
      filter: "a, summary, button, input",
      preventOnFilter: false,
      delay: 200,
      delayOnTouchOnly: true,
      chosenClass: "card-item--lifted",
      onStart: () => calendar.classList.add("cal--dragging"),
      onEnd: (event) => {
        calendar.classList.remove("cal--dragging");
        dropped(event);
      },
    });
  });
}
