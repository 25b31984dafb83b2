// htmx with its doors closed: our own origin only, nothing evaluated, nothing kept of a private page.
import htmx from "htmx.org/dist/htmx.esm.js";

Object.assign(htmx.config, {
  selfRequestsOnly: true,
  allowEval: false,
  allowScriptTags: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  includeIndicatorStyles: false,
  inlineScriptNonce: "",
  scrollBehavior: "auto",
  timeout: 15000,
});

const READS = new Set(["get", "head"]);

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, headers } = event.detail;
  if (READS.has(verb)) return;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) headers["X-CSRFToken"] = token.value;
});

// An answer that carries a corrected form (422) or a clear sentence (4xx) is shown, never swallowed.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status, getResponseHeader } = event.detail.xhr;
  const isHtml = (getResponseHeader?.call(event.detail.xhr, "Content-Type") ?? "").includes("text/html");
  if ((status === 422 || status === 429 || status === 409) && isHtml) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// When the network gives up, the ordinary page is tried: the browser then says what happened.
document.addEventListener("htmx:sendError", (event) => {
  const notice = document.querySelector("[data-offline-notice]");
  if (notice) notice.hidden = false;
  event.detail.elt?.removeAttribute?.("aria-busy");
});

export default htmx;
