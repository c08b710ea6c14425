/** Which panes are seen: all side by side where there is room, one at a time behind tabs where there is not. */
import { byId } from "./dom";

export type Pane = "palette" | "canvas" | "panel" | "preview";
const NARROW = window.matchMedia("(max-width: 899px)");
const WIDE = window.matchMedia("(min-width: 1360px)");

export class Panes {
  private pane: Pane = "canvas";
  private previewOpen = WIDE.matches;
  private readonly root = byId("panes");
  private readonly toggle = byId("preview-toggle");

  constructor(private readonly previewShown: (shown: boolean) => void) {
    for (const button of this.buttons()) button.addEventListener("click", () => this.show(button.dataset.pane as Pane));
    this.toggle.addEventListener("click", () => this.togglePreview());
    byId("preview-close").addEventListener("click", () => { this.togglePreview(); this.toggle.focus(); });
    NARROW.addEventListener("change", () => this.apply());
    this.apply();
  }

  /** Where only one pane fits: that one. */
  show(pane: Pane): void {
    this.pane = pane;
    this.apply();
  }

  get narrow(): boolean {
    return NARROW.matches;
  }

  private togglePreview(): void {
    this.previewOpen = !this.previewOpen;
    if (this.narrow) this.pane = this.previewOpen ? "preview" : "canvas";
    this.apply();
  }

  private apply(): void {
    const preview = this.narrow ? this.pane === "preview" : this.previewOpen;
    this.root.dataset.pane = this.pane;
    this.root.classList.toggle("panes--preview", preview);
    byId("preview").hidden = !preview;
    this.toggle.setAttribute("aria-pressed", String(preview));
    for (const button of this.buttons()) button.setAttribute("aria-pressed", String(button.dataset.pane === this.pane));
    this.previewShown(preview);
  }

  private buttons(): HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>("#pane-tabs [data-pane]")];
  }
}
