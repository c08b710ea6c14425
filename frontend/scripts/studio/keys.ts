/** The keyboard: undo and redo anywhere, moving and deleting where a field is selected on the form. */
import type { Actions } from "./actions";
import type { Store } from "./store";

type Does = { undo(): void; redo(): void; edit(): void; focusCard(): void };

export function listenToKeys(canvas: HTMLElement, store: Store, actions: Actions, does: Does): void {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const control = event.ctrlKey || event.metaKey, key = event.key.toLowerCase();
    if (control && !event.altKey && (key === "z" || key === "y")) {
      event.preventDefault();
      if (key === "y" || event.shiftKey) does.redo();
      else does.undo();
    } else if (event.altKey && !control && (event.key === "ArrowUp" || event.key === "ArrowDown")) moveSelected(event);
  });
  canvas.addEventListener("keydown", (event) => {
    if (!(event.target as Element).closest(".slot__main")) return;
    const act: Record<string, () => void> = {
      ArrowDown: () => { actions.selectNext(1); does.focusCard(); }, ArrowUp: () => { actions.selectNext(-1); does.focusCard(); },
      Delete: () => remove(), Backspace: () => remove(), F2: () => does.edit(),
    };
    const found = event.altKey || event.ctrlKey ? undefined : act[event.key];
    if (!found) return;
    event.preventDefault();
    found();
  });

  function moveSelected(event: KeyboardEvent): void {
    if (store.selected === null) return;
    const inCanvas = canvas.contains(document.activeElement);
    event.preventDefault();
    actions.move(store.selected, event.key === "ArrowUp" ? -1 : 1);
    if (inCanvas) does.focusCard();
  }

  function remove(): void {
    if (store.selected === null) return;
    actions.remove(store.selected);
    does.focusCard();
  }
}
