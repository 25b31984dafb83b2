// The merchant's screen: gestures kept on a bad connection, and a board that speaks up.
import { startKeepingAnswers } from "./answers.js";
import { startBoard } from "./board.js";
import { startKeepingPages } from "./keep-page.js";
import { startKeeping } from "./kept.js";

// A form that must not be sent twice (hours, texts) waits on its page until the line is back.
let waiting = null;

window.addEventListener("online", () => {
  const form = waiting;
  waiting = null;
  if (form?.isConnected) {
    delete form.dataset.sent;
    form.requestSubmit(form.querySelector("[data-pressed]") ?? undefined);
  }
});

document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.target.method !== "post" || event.target.dataset.keep !== undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = event.target;
  event.submitter?.setAttribute("data-pressed", "");
}, { capture: true });

startKeeping();
startBoard();
startKeepingAnswers();
startKeepingPages();
