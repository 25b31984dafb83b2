// Signing out forgets what the counter kept on this device; what has not left yet is asked about.
const MINE = /^chalandise:(kept|offline)$/;

function unsent() {
  try {
    return (JSON.parse(localStorage.getItem("chalandise:kept")) ?? []).some((tap) => tap.state !== "refused");
  } catch {
    return false;
  }
}

export function startSigningOut() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form[data-sign-out]");
    if (!form) return;
    if (unsent() && !window.confirm(form.dataset.signOut)) {
      event.preventDefault();
      return;
    }
    for (const name of Object.keys(localStorage)) if (MINE.test(name)) localStorage.removeItem(name);
    window.caches?.delete("chalandise-pages");
  }, { capture: true });
}
