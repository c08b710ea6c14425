/** The form designer's page: its parts, put together. */
import { Actions } from "./studio/actions";
import { Bulk } from "./studio/bulk";
import { Canvas } from "./studio/canvas";
import { carried, config, t, type Draft } from "./studio/config";
import { ConflictDialog } from "./studio/conflict";
import { tableOf } from "./studio/core/form";
import { byId } from "./studio/dom";
import { FormDrag } from "./studio/drag";
import { Header } from "./studio/header";
import { listenToKeys } from "./studio/keys";
import { Palette } from "./studio/palette";
import { Panel } from "./studio/panel";
import { Panes } from "./studio/panes";
import { Preview } from "./studio/preview";
import { Saving } from "./studio/saving";
import { Store } from "./studio/store";

const draft = carried<Draft>("designer-draft");
const live = byId("live");
const store = new Store(draft.definition, draft.next_field_id - 1, (words) => { live.textContent = words; });
const actions = new Actions(store);
const root = byId("canvas");

const drag = new FormDrag(root, actions);
const panel = new Panel(byId("panel"), store, actions);
const canvas = new Canvas(root, store, actions, () => drag.bind(), () => panes.show("panel"));
const bulk = new Bulk(actions);
new Palette(actions, () => afterAdding(), bulk.open);
const preview = new Preview(store);
const panes: Panes = new Panes((shown) => preview.show(shown));

const steps = {
  undo: () => store.undo((done) => t("undone", { done })),
  redo: () => store.redo((done) => t("redone", { done })),
};
const header = new Header(store, steps, (id) => {
  byId<HTMLDetailsElement>("findings").open = false;
  store.select(id);
  panes.show("panel");
  if (!tableOf(store.definition, id)) canvas.focusSelected();
});
listenToKeys(root, store, actions, { ...steps, edit: () => editLabel(), focusCard: () => canvas.focusSelected() });

const toConflict = byId("conflict-open");
const conflicts: ConflictDialog = new ConflictDialog(() => saving, () => { toConflict.hidden = true; root.focus(); });
const saving: Saving = new Saving(store, draft, header.saved, (found) => { toConflict.hidden = false; conflicts.open(found); });
toConflict.addEventListener("click", () => conflicts.open(saving.waiting));
byId("group-add").addEventListener("click", () => { actions.addGroup(); canvas.nameLastGroup(); });
store.setFindings(draft.findings);
if (config.locked) header.saved({ look: "bad", words: config.locked });
const wanted = Number(/^#field-(\d+)$/.exec(location.hash)?.[1]);
if (store.has(wanted)) store.select(wanted);
document.documentElement.dataset.ready = "true";

/** A field from the palette: its label is what one wants to write next. */
function afterAdding(): void {
  panes.show("panel");
  editLabel();
}

function editLabel(): void {
  panes.show("panel");
  panel.focusLabel();
}
