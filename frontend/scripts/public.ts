// What the public pages can do beyond plain HTML. Every page works without any of this.
import htmx from "htmx.org";
import { startCopyButtons } from "./copy";
import { startCounters, startFilters } from "./fields";
import { startLocating } from "./location";
import { startLookUps } from "./postal";
import { startUploads } from "./uploads";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyEnabled = false;

function focusOnErrors(): void {
  document.querySelector<HTMLElement>("[data-autofocus]")?.focus();
}

// A second tap on a sending button does nothing; the server would take it for the first one anyway.
function guardAgainstDoubleTaps(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || form.action.endsWith("/lang/")) return;
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
}

focusOnErrors();
guardAgainstDoubleTaps();
startCounters();
startFilters();
startUploads();
startLocating();
startLookUps();
startCopyButtons();
