// What every page of the site gets. Each piece improves something that already works without it.
import "./htmx.js";
import { startNearMe } from "./near-me.js";
import { startSmallThings } from "./small-things.js";
import { startMaps } from "./start-map.js";
import { startSuggestions } from "./suggestions.js";

function start(root) {
  startSuggestions(root);
  startNearMe(root);
  startMaps(root);
}

startSmallThings();
start(document);
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
