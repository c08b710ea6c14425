/** Which status or action is being looked at. */
export class Selection {
  kind: "status" | "action" | null = null;
  code = "";
  private readonly listeners: (() => void)[] = [];

  choose(kind: "status" | "action" | null, code = ""): void {
    this.kind = kind;
    this.code = code;
    for (const listener of this.listeners) listener();
  }

  is(kind: "status" | "action", code: string): boolean {
    return this.kind === kind && this.code === code;
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }
}
