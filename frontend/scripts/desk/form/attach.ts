// Files are sent as soon as they are chosen or dropped, so that nothing is lost when the form is not taken.
import { make, post } from "./calls";

interface Kept {
  value?: string;
  name?: string;
  problem?: string;
}

function bind(box: HTMLElement): void {
  const input = box.querySelector<HTMLInputElement>("input[type=file]");
  const list = box.querySelector<HTMLElement>("[data-attached]");
  const status = box.querySelector<HTMLElement>("[data-attach-status]");
  const url = box.dataset["attach"];
  if (!input || !list || !status || !url) return;
  const count = (): number => list.querySelectorAll("input:checked").length;

  const send = async (file: File): Promise<void> => {
    if (count() >= Number(box.dataset["max"])) {
      status.textContent = box.dataset["full"] ?? "";
      return;
    }
    status.textContent = box.dataset["busy"] ?? "";
    const body = new FormData();
    body.set("file", file);
    const response = await post(url, body).catch(() => null);
    const kept = (await response?.json().catch(() => null)) as Kept | null;
    status.textContent = kept?.problem ?? "";
    if (!kept?.value) return;
    const tick = make("input", { type: "checkbox", name: box.dataset["name"] ?? "", value: kept.value, checked: true });
    const item = make("li", {}, make("label", { className: "tick" }, tick, kept.name || file.name));
    if (file.type.startsWith("image/")) {
      item.prepend(make("img", { src: URL.createObjectURL(file), alt: "", width: 80, height: 60 }));
    }
    list.append(item);
    box.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
  };
  const sendAll = async (files: Iterable<File>): Promise<void> => {
    for (const file of files) await send(file);
  };

  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    input.value = ""; // They are on their way: the form need not carry them again.
    void sendAll(files);
  });
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("attach--over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("attach--over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("attach--over");
    void sendAll([...(event.dataTransfer?.files ?? [])]);
  });
}

export function bindAttachments(form: HTMLFormElement): void {
  form.querySelectorAll<HTMLElement>("[data-attach]").forEach(bind);
}
