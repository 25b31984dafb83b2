// How many things are in the basket: shared pages know nobody, so a cookie says the figure.

export function showBasket() {
  const link = document.querySelector("[data-basket]");
  const badge = link?.querySelector("[data-basket-count]");
  if (!badge) return;
  const count = /(?:^|; )cart_count=(\d{1,4})(?:;|$)/.exec(document.cookie)?.[1];
  badge.hidden = !count;
  badge.textContent = count ?? "";
}
