/** What a row of the panel is: an element, and how it takes in the field after a change made elsewhere. */
import type { Actions } from "../actions";
import type { Property } from "../config";
import { fieldOf } from "../core/form";
import type { Field } from "../core/types";
import { freshId, h, type Child } from "../dom";
import type { Store } from "../store";

export type Control = { element: HTMLElement; refresh(field: Field): void };

/** One row: the property of a field, read and set. */
export class Row {
  readonly id = freshId();

  constructor(readonly store: Store, readonly actions: Actions, readonly fieldId: number, readonly property: Property) {}

  get field(): Field | undefined {
    return fieldOf(this.store.definition, this.fieldId);
  }

  get value(): unknown {
    return this.of(this.field);
  }

  of(field: Field | undefined): unknown {
    const value = field?.[this.property.key];
    return value === undefined ? this.property.default : value;
  }

  set(value: unknown): void {
    const field = this.field;
    if (field) this.actions.set(field, this.property.key, value, this.property.label);
  }

  /** The row: label, help, the control, and room for what is wrong with it. */
  labelled(control: HTMLElement, ...more: Child[]): HTMLElement {
    const help = this.property.help ? h("p", { class: "prop__help", id: `${this.id}-help` }, this.property.help) : null;
    if (help) control.setAttribute("aria-describedby", help.id);
    control.id = this.id;
    return h("div", { class: "prop", "data-prop": this.property.key },
      h("label", { class: "prop__label", for: this.id }, this.property.label), help, control, ...more);
  }

  /** The same for several controls under one name. */
  grouped(...children: Child[]): HTMLElement {
    return h("fieldset", { class: "prop", "data-prop": this.property.key },
      h("legend", { class: "prop__label" }, this.property.label),
      this.property.help && h("p", { class: "prop__help" }, this.property.help), ...children);
  }
}

/** Takes a new value unless somebody is typing exactly that already. */
export function put(box: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement, value: string): void {
  if (box.value !== value) box.value = value;
}
