// What dragging has in common on boards and in calendars.
import type Sortable from "sortablejs";

export function putBack(event: Sortable.SortableEvent): void {
  event.from.insertBefore(event.item, event.from.children[event.oldIndex ?? 0] ?? null);
}

/** A card let go elsewhere still lies where it could last be put: it counts only where the pointer is. */
export function isOver(event: Sortable.SortableEvent, column: HTMLElement | null): boolean {
  const source = (event as unknown as { originalEvent?: Event }).originalEvent;
  const point = "TouchEvent" in window && source instanceof TouchEvent ? source.changedTouches[0] : source instanceof MouseEvent ? source : null;
  if (!point || !column) return false;
  const box = column.getBoundingClientRect();
  return point.clientX >= box.left && point.clientX <= box.right && point.clientY >= box.top && point.clientY <= box.bottom;
}
