/** Dragging with mouse or finger: from the palette onto the form, and within it. SortableJS does the moving. */
import Sortable, { type SortableEvent } from "sortablejs";
import type { Actions } from "./actions";

const HOLD_MS = 180;
const FORM = { name: "form", put: true };
const shared = { animation: 120, delay: HOLD_MS, delayOnTouchOnly: true, ghostClass: "is-ghost", chosenClass: "is-chosen", dragClass: "is-dragged" };

/** The lists of the palette give copies away and take nothing. */
export function palettesDrag(root: HTMLElement, take: (event: SortableEvent) => void): void {
  for (const list of root.querySelectorAll<HTMLElement>("[data-kinds]")) {
    Sortable.create(list, { ...shared, group: { name: "form", pull: "clone", put: false }, sort: false, onEnd: take });
  }
}

export class FormDrag {
  private lists: Sortable[] = [];

  constructor(private readonly root: HTMLElement, private readonly actions: Actions) {}

  /** After every drawing: the lists are new ones. */
  bind(): void {
    for (const list of this.lists) list.destroy();
    this.lists = [...this.root.querySelectorAll<HTMLElement>(".sheet__fields")].map((list) =>
      Sortable.create(list, { ...shared, group: FORM, draggable: ".slot", filter: "input", preventOnFilter: false, onEnd: this.dropped, onAdd: this.added }));
  }

  private readonly dropped = (event: SortableEvent): void => {
    const id = Number(event.item.dataset.id), at = placeIn(event.to, event.newDraggableIndex);
    if (id && at) this.actions.moveTo(id, at);
  };

  private readonly added = (event: SortableEvent): void => {
    const type = event.item.dataset.kind, at = placeIn(event.to, event.newDraggableIndex);
    if (!type || !at) return;
    event.item.remove();
    this.actions.add(type, at);
  };
}

function placeIn(list: HTMLElement, index: number | undefined): { section: number; index: number } | null {
  const section = Number(list.dataset.section);
  return Number.isNaN(section) || index === undefined ? null : { section, index };
}
