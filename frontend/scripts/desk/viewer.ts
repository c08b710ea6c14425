// ID photos: zoom and turn by button or by + - r 0 while the picture has the focus.

const STEPS = [1, 1.5, 2, 3, 4];

function bind(viewer: HTMLElement): void {
  const frame = viewer.querySelector<HTMLElement>("[data-frame]");
  const image = frame?.querySelector("img");
  if (!frame || !image) return;
  let step = 0;
  let quarter = 0;

  // The picture is given the frame's size times the zoom (width and height swapped while it lies on its side),
  // turned about its corner and moved back so that it starts at the frame's corner: all of it can be scrolled to.
  function draw(frame: HTMLElement, image: HTMLImageElement): void {
    const middle = (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight;
    const centre = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth;
    const scale = STEPS[step] ?? 1;
    const width = (frame.offsetWidth - 2) * scale;
    const height = (frame.offsetHeight - 2) * scale;
    const onItsSide = quarter % 2 === 1;
    image.style.width = `${onItsSide ? height : width}px`;
    image.style.height = `${onItsSide ? width : height}px`;
    const moves = ["", `translateX(${width}px)`, `translate(${width}px, ${height}px)`, `translateY(${height}px)`];
    image.style.transform = `${moves[quarter]} rotate(${quarter * 90}deg)`;
    frame.style.overflow = step === 0 ? "hidden" : "auto";
    frame.scrollTop = middle * frame.scrollHeight - frame.clientHeight / 2;
    frame.scrollLeft = centre * frame.scrollWidth - frame.clientWidth / 2;
  }

  const commands: Record<string, () => void> = {
    "+": () => (step = Math.min(step + 1, STEPS.length - 1)),
    "-": () => (step = Math.max(step - 1, 0)),
    r: () => (quarter = (quarter + 1) % 4),
    "0": () => (step = quarter = 0),
  };
  const run = (name: string): boolean => {
    const command = commands[name];
    command?.();
    if (command) draw(frame, image);
    return Boolean(command);
  };

  viewer.querySelectorAll<HTMLButtonElement>("[data-do]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => run(button.dataset["do"] ?? ""));
  });
  frame.addEventListener("keydown", (event) => {
    // On a Japanese keyboard the plus sign is Shift and ";".
    const name = event.key === ";" ? "+" : event.key;
    if (!event.ctrlKey && !event.metaKey && !event.altKey && run(name)) event.preventDefault();
  });
  window.addEventListener("resize", () => draw(frame, image));
}

export function bindViewers(): void {
  document.querySelectorAll<HTMLElement>("[data-viewer]").forEach(bind);
}
