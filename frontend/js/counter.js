// The merchant's screen on a bad connection: says so, and keeps the gesture until the line is back.

const notice = document.querySelector("[data-offline-notice]");
let waiting = null;

function show() {
  if (notice) notice.hidden = navigator.onLine;
}

window.addEventListener("offline", show);
window.addEventListener("online", () => {
  show();
  const form = waiting;
  waiting = null;
  if (form?.isConnected) {
    delete form.dataset.sent;
    form.requestSubmit(form.querySelector(`[data-pressed]`) ?? undefined);
  }
});

document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.target.method !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = event.target;
  event.submitter?.setAttribute("data-pressed", "");
  show();
}, { capture: true });

show();
