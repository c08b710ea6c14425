// Sends files as soon as they are chosen; big photos are made smaller first, which spares the resident's data plan.
const LONGEST_SIDE = 2400;
const SMALL_ENOUGH = 1_500_000;

export function startUploads(): void {
  document.querySelectorAll<HTMLElement>("[data-upload]").forEach((box) => {
    const input = box.querySelector<HTMLInputElement>("input[type=file]");
    const send = box.querySelector<HTMLButtonElement>("[data-upload-send]");
    const told = box.querySelector<HTMLElement>("[data-upload-status]");
    if (!input || !send || !told) return;
    send.hidden = true;
    box.classList.add("upload--live");
    input.addEventListener("change", async () => {
      if (!input.files?.length) return;
      told.textContent = told.dataset.words ?? "";
      const smaller = new DataTransfer();
      for (const file of input.files) smaller.items.add(await shrink(file));
      input.files = smaller.files;
      input.form?.requestSubmit(send);
    });
  });
}

/** The photo with its longer side at most LONGEST_SIDE, as JPEG; anything that cannot be drawn stays as it is. */
async function shrink(file: File): Promise<File> {
  if (!file.type.startsWith("image/") || file.size <= SMALL_ENOUGH) return file;
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.88));
    return blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file; // e.g. HEIC in a browser that cannot read it: the server can.
  }
}
