// The desk works without any of this; it makes a day of it quicker.
import htmx from "htmx.org";
import { bindRecordForm } from "./desk/form";
import { bindBoards } from "./desk/board";
import { bindComments } from "./desk/comments";
import { bindInlineEditing } from "./desk/inline";
import { bindKeys } from "./desk/keys";
import { bindMassForm } from "./desk/mass";
import { bindMirrors } from "./desk/mirror";
import { bindOwnList } from "./desk/own_list";
import { keepSelection } from "./desk/selection";
import { bindTotals } from "./desk/totals";
import { bindViewers } from "./desk/viewer";

// Set again here beside the page's meta tag: our policy allows neither inline styles nor eval.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;

// A page nobody looks at asks nothing.
document.addEventListener("htmx:beforeRequest", (event) => {
  const source = event.target;
  if (document.hidden && source instanceof Element && source.hasAttribute("data-poll")) event.preventDefault();
});

bindBoards();
bindKeys();
bindMirrors();
bindOwnList();
bindComments();
bindInlineEditing();
bindMassForm();
bindRecordForm();
bindTotals();
bindViewers();
keepSelection();
