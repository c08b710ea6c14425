// ID photos: zoom and rotate by button or by + - r 0 while the picture has the focus.

const STEPS = [1, 1.5, 2, 3, 4];

function bind(viewer: HTMLElement): void {
  const frame = viewer.querySelector<HTMLElement>("[data-frame]");
  const image = frame?.querySelector("img");
  if (!frame || !image) return;
  let step = 0;
  let quarter = 0;

  function draw(): void {
    const scale = STEPS[step] ?? 1;
    frame!.classList.toggle("viewer__frame--zoomed", step > 0);
    // A picture on its side fills the frame's height with its width.
    const fit = quarter % 2 === 1 ? Math.min(1, frame!.clientHeight / Math.max(image!.offsetWidth, 1)) : 1;
    image!.style.transform = `rotate(${quarter * 90}deg) scale(${quarter % 2 === 1 && step === 0 ? fit : 1})`;
    image!.style.maxWidth = image!.style.maxHeight = scale === 1 ? "" : "none";
    image!.style.width = scale === 1 ? "" : `${scale * 100}%`;
  }

  const commands: Record<string, () => void> = {
    "+": () => (step = Math.min(step + 1, STEPS.length - 1)),
    "-": () => (step = Math.max(step - 1, 0)),
    r: () => (quarter = (quarter + 1) % 4),
    "0": () => (step = quarter = 0),
  };
  const run = (name: string): boolean => {
    const command = commands[name === ";" ? "+" : name];
    command?.();
    if (command) draw();
    return Boolean(command);
  };

  viewer.querySelectorAll<HTMLButtonElement>("[data-do]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => run(button.dataset["do"] ?? ""));
  });
  frame.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && run(event.key)) event.preventDefault();
  });
}

export function bindViewers(): void {
  document.querySelectorAll<HTMLElement>("[data-viewer]").forEach(bind);
}
