// Buttons that need a line of script: print, copy, share, open a dialog; one listener for all.

async function copy(button) {
  const text = button.dataset.copy || location.href;
  try {
    await navigator.clipboard.writeText(text);
    const said = button.querySelector("[data-label]") ?? button;
    const before = said.textContent;
    said.textContent = button.dataset.done ?? before;
    setTimeout(() => (said.textContent = before), 2500);
  } catch {
    window.prompt(button.dataset.ask ?? "", text);
  }
}

function share(button) {
  const url = button.dataset.share || location.href;
  if (!navigator.share) {
    button.dataset.copy = url;
    return copy(button);
  }
  return navigator.share({ title: document.title, url }).catch(() => {});
}

export function startSmallThings() {
  document.documentElement.classList.add("has-script");
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-print],[data-copy],[data-share],[data-open-dialog],[data-close-dialog]");
    if (!button) return;
    if ("print" in button.dataset) window.print();
    else if ("openDialog" in button.dataset) document.getElementById(button.dataset.openDialog)?.showModal?.();
    else if ("closeDialog" in button.dataset) button.closest("dialog")?.close();
    else if ("share" in button.dataset) share(button);
    else copy(button);
  });
  // A form sends once; the button comes back when the page does. One that hands out files leaves its
  // page where it is: the next file may be asked for at once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.download !== undefined) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
}
