/** Undo and redo without end, as long as the page is open. */
import { merged } from "./three_way";
import type { Definition } from "./types";

export type Moment = { definition: Definition; selected: number | null; done: string };

/** Typing into one box counts as one step while it goes on. */
const TOGETHER_MS = 1500;

export class History {
  private past: Moment[] = [];
  private future: Moment[] = [];
  private lastKey = "";
  private lastAt = 0;

  constructor(private present: Moment, private readonly now: () => number = Date.now) {}

  get current(): Moment {
    return this.present;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** A step. Steps with the same `key` shortly after each other are one. */
  commit(moment: Moment, key = ""): void {
    const together = key !== "" && key === this.lastKey && this.now() - this.lastAt < TOGETHER_MS;
    if (!together) this.past.push(this.present);
    this.present = moment;
    this.future = [];
    this.lastKey = key;
    this.lastAt = this.now();
  }

  /** What another field is selected in is no step of its own. */
  select(selected: number | null): void {
    this.present = { ...this.present, selected };
    this.lastKey = "";
  }

  /** Back one step; what was undone, in words, or null where there is nothing left. */
  undo(): string | null {
    const before = this.past.pop();
    if (!before) return null;
    const undone = this.present;
    this.future.push(undone);
    this.present = before;
    this.lastKey = "";
    return undone.done;
  }

  redo(): string | null {
    const after = this.future.pop();
    if (!after) return null;
    this.past.push(this.present);
    this.present = after;
    this.lastKey = "";
    return after.done;
  }

  /** Somebody else changed the draft from `before` to `after`: every step keeps that, so that undoing never takes it back. */
  rebase(before: Definition, after: Definition): void {
    const onto = (moment: Moment): Moment => ({ ...moment, definition: merged(before, moment.definition, after) });
    this.past = this.past.map(onto);
    this.future = this.future.map(onto);
    this.present = onto(this.present);
  }
}
