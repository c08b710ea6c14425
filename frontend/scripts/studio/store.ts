/** What the designer's parts share: the draft as it is now, what is selected, and who wants to know of changes. */
import { allFields, highestId } from "./core/form";
import { History } from "./core/history";
import { merged } from "./core/three_way";
import { same, type Definition, type Finding } from "./core/types";

export type Change = "definition" | "selection" | "findings" | "status";
type Listener = (change: Change) => void;

export class Store {
  private readonly history: History;
  private readonly listeners: Listener[] = [];
  private lastId: number;
  findings: readonly Finding[] = [];

  constructor(definition: Definition, highest: number, readonly announce: (words: string) => void) {
    this.history = new History({ definition, selected: null, done: "" });
    this.lastId = Math.max(highest, highestId(definition));
  }

  get definition(): Definition {
    return this.history.current.definition;
  }

  get selected(): number | null {
    return this.history.current.selected;
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  /** An id that no field of the app ever had. */
  next(): number {
    return (this.lastId += 1);
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  /** One step that can be undone; `done` says in words what it was. Does nothing where nothing changes. */
  apply(done: string, definition: Definition, { selected = this.selected, key = "" }: { selected?: number | null; key?: string } = {}): void {
    if (same(definition, this.definition)) return this.select(selected);
    this.history.commit({ definition, selected, done }, key);
    if (!key) this.announce(done);
    this.tell("definition");
  }

  select(id: number | null): void {
    if (id === this.selected) return;
    this.history.select(id);
    this.tell("selection");
  }

  undo(say: (done: string) => string): void {
    this.moved(this.history.undo(), say);
  }

  redo(say: (done: string) => string): void {
    this.moved(this.history.redo(), say);
  }

  private moved(done: string | null, say: (done: string) => string): void {
    if (done === null) return;
    this.announce(say(done));
    this.tell("definition");
  }

  /** The server's draft in place of what was sent: others' changes come in, what was typed meanwhile stays. */
  adopt(sent: Definition, stored: Definition): void {
    if (same(sent, stored)) return;
    this.history.rebase(sent, stored);
    this.lastId = Math.max(this.lastId, highestId(this.definition));
    this.tell("definition");
  }


  /** Unsaved changes of an earlier visit, brought together with the draft as it is now. */
  recover(base: Definition, unsaved: Definition, done: string): void {
    this.apply(done, merged(base, unsaved, this.definition));
    this.lastId = Math.max(this.lastId, highestId(this.definition));
  }

  setFindings(findings: readonly Finding[]): void {
    this.findings = findings;
    this.tell("findings");
  }

  has(id: number): boolean {
    return allFields(this.definition).some((field) => field.id === id);
  }
}
