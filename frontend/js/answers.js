// The questions about a product change with its kind, which is guessed from its name on the server:
// what was ticked or typed while they were on their way is put into the new ones.
let before = [];

export function startKeepingAnswers() {
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id === "asked") before = [...detail.target.querySelectorAll("input, textarea")];
  });
  document.addEventListener("htmx:load", ({ detail }) => {
    if (detail.elt.id !== "asked") return;
    for (const old of before) {
      const isTick = old.type === "checkbox";
      const now = [...detail.elt.querySelectorAll("input, textarea")].find(
        (one) => one.name === old.name && (!isTick || one.value === old.value),
      );
      if (!now) continue;
      if (isTick && old.checked !== old.defaultChecked) now.checked = old.checked;
      else if (!isTick && old.value !== old.defaultValue) now.value = old.value;
    }
    before = [];
  });
}
