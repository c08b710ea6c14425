/** What the designers beside the form share: the draft, saved by itself; undo; findings and conflicts in the head. */
import { carried, config, t, type Draft } from "./config";
import { ConflictDialog } from "./conflict";
import { byId } from "./dom";
import { Header } from "./header";
import { Saving } from "./saving";
import { Store } from "./store";

/** Opens the page's draft. Undo and redo work from the head and by keyboard. */
export function openPage(): Store {
  const draft = carried<Draft>("designer-draft"), live = byId("live");
  const store = new Store(draft.definition, draft.next_field_id - 1, (words) => { live.textContent = words; });
  const steps = {
    undo: () => store.undo((done) => t("undone", { done })),
    redo: () => store.redo((done) => t("redone", { done })),
  };
  const header = new Header(store, steps, (id) => { location.href = `form#field-${id}`; });
  listen(steps);
  const toConflict = byId("conflict-open");
  const conflicts: ConflictDialog = new ConflictDialog(() => saving, () => { toConflict.hidden = true; byId("main").focus(); });
  const saving: Saving = new Saving(store, draft, header.saved, (found) => { toConflict.hidden = false; conflicts.open(found); });
  toConflict.addEventListener("click", () => conflicts.open(saving.waiting));
  store.setFindings(draft.findings);
  if (config.locked) header.saved({ look: "bad", words: config.locked });
  return store;
}

/** Tests and the page's styles wait for this. */
export function ready(): void {
  document.documentElement.dataset.ready = "true";
}

function listen(steps: { undo(): void; redo(): void }): void {
  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey, key = event.key.toLowerCase();
    if (event.isComposing || event.altKey || !control || (key !== "z" && key !== "y")) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) steps.redo();
    else steps.undo();
  });
}
