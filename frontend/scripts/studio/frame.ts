/** A page of the server inside the designer: drawn into a frame that runs no script; its links and forms come back here. */
export type Pressed = { kind: "open"; path: string } | { kind: "send"; form: string };

export class Frame {
  private drawn = false;

  constructor(private readonly frame: HTMLIFrameElement, private readonly pressed: (what: Pressed) => void) {}

  /** Draws the page. The first time as a whole; later only its body, so that nothing flickers. */
  async draw(html: string, keepPlace: boolean): Promise<void> {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const script of page.querySelectorAll("script")) script.remove();
    const top = keepPlace ? (this.page?.scrollingElement?.scrollTop ?? 0) : 0;
    if (!this.drawn || !this.page?.body) await this.load(page.documentElement.outerHTML);
    else {
      this.page.documentElement.className = page.documentElement.className;
      this.page.documentElement.lang = page.documentElement.lang;
      this.page.body.replaceWith(this.page.adoptNode(page.body));
    }
    this.drawn = true;
    this.page?.scrollingElement?.scrollTo(0, top);
    if (!keepPlace) this.page?.querySelector<HTMLElement>(".error-summary, h1")?.scrollIntoView({ block: "nearest" });
  }

  /** What stands in the boxes of the page's form, as a browser would send it. */
  typed(button?: HTMLButtonElement | null): string {
    const form = button?.form ?? this.page?.querySelector<HTMLFormElement>("main form");
    if (!form) return "";
    const data = new FormData(form), pairs = [...data].flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
    pairs.push(...(button?.name ? [[button.name, button.value]] : []));
    return new URLSearchParams(pairs.filter(([name]) => name !== "csrfmiddlewaretoken")).toString();
  }

  private get page(): Document | null {
    return this.frame.contentDocument;
  }

  private load(html: string): Promise<void> {
    return new Promise((resolve) => {
      this.frame.addEventListener("load", () => { this.listen(); resolve(); }, { once: true });
      this.frame.srcdoc = `<!doctype html>${html}`;
    });
  }

  private listen(): void {
    this.page?.addEventListener("click", (event) => this.click(event));
    this.page?.addEventListener("submit", (event) => this.submit(event));
  }

  private click(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    if (!link || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    const path = new URL(link.href, location.href).pathname;
    if (/^\/(i|p)\//.test(path)) this.pressed({ kind: "open", path });
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    if ((event.target as Element).closest("main")) this.pressed({ kind: "send", form: this.typed(event.submitter as HTMLButtonElement | null) });
  }
}
