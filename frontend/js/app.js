// What every page of the site gets. Each piece improves something that already works without it.
import "./htmx.js";
import { showBasket } from "./basket.js";
import { startNearMe } from "./near-me.js";
import { startSigningOut } from "./signing-out.js";
import { startSmallThings } from "./small-things.js";
import { startMaps } from "./start-map.js";
import { startSuggestions } from "./suggestions.js";

function start(root) {
  startSuggestions(root);
  startNearMe(root);
  startMaps(root);
}

startSmallThings();
startSigningOut();
showBasket();
// Back from the basket by the history, the page is the one that was left.
window.addEventListener("pageshow", showBasket);
start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
