// « Autour de moi »: the position is asked only when this button is pressed, rounded to about a
// hundred metres, put in the form, and never kept.
//
// <button type="button" hidden data-near-me data-word="Around me" data-refused="…">

function fill(form, name, value) {
  let field = form.elements.namedItem(name);
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    form.append(field);
  }
  field.value = value;
}

function nearMe(button) {
  button.hidden = false;
  button.dataset.started = "";
  const form = button.form ?? button.closest("form");
  const place = form?.querySelector("[data-place]");
  place?.addEventListener("input", () => fill(form, "near", ""));
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.removeAttribute("aria-busy");
        const near = `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
        if (place) place.value = button.dataset.word ?? "";
        if (form) {
          fill(form, "near", near);
          form.requestSubmit();
        }
        button.dispatchEvent(new CustomEvent("near-me", { bubbles: true, detail: coords }));
      },
      () => {
        button.removeAttribute("aria-busy");
        const note = document.getElementById(button.getAttribute("aria-describedby") ?? "");
        if (note) note.textContent = button.dataset.refused ?? "";
        place?.focus();
      },
      { maximumAge: 300_000, timeout: 10_000 },
    );
  });
}

export function startNearMe(root) {
  if (!("geolocation" in navigator)) return;
  for (const button of root.querySelectorAll("[data-near-me]:not([data-started])")) nearMe(button);
}
