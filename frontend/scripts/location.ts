// Fills in latitude and longitude from the device, when asked to.
export function startLocating(): void {
  document.querySelectorAll<HTMLElement>("[data-locate]").forEach((box) => {
    const button = box.querySelector<HTMLButtonElement>("[data-locate-button]");
    const told = box.querySelector<HTMLElement>("[data-locate-status]");
    if (!("geolocation" in navigator) || !button || !told) return;
    box.hidden = false;
    button.addEventListener("click", () => {
      told.textContent = told.dataset.wordsWait ?? "";
      navigator.geolocation.getCurrentPosition(
        (position) => {
          const coords = position.coords;
          fill("lat", coords.latitude);
          fill("lon", coords.longitude);
          const metres = String(Math.max(1, Math.round(coords.accuracy)));
          told.textContent = (told.dataset.wordsFound ?? "").replace("{n}", metres);
        },
        () => {
          told.textContent = told.dataset.wordsFailed ?? "";
        },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  });
}

function fill(part: string, degrees: number): void {
  const input = document.querySelector<HTMLInputElement>(`input[name$=".${part}"]`);
  if (input) input.value = degrees.toFixed(6);
}
