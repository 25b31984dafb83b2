// Reading the customer's QR code with the telephone's camera, on the hand-over page only.
import decodeQR from "qr/decode.js";

const EVERY_MS = 150;
const WIDEST = 720;
const PASS = /\/comptoir\/remise\/([^/?#]+)\/?$/;

const pane = document.querySelector("[data-scan]");
const view = pane?.querySelector("[data-scan-view]");
const video = view?.querySelector("video");
const said = pane?.querySelector("[data-scan-said]");
const start = pane?.querySelector("[data-scan-start]");
let stream = null;
let timer = 0;

async function reader() {
  try {
    const known = await window.BarcodeDetector?.getSupportedFormats();
    if (known?.includes("qr_code")) {
      const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
      return async (canvas) => (await detector.detect(canvas))[0]?.rawValue ?? "";
    }
  } catch {
    // a browser that promises and does not keep: our own eyes
  }
  return async (canvas) => {
    const { width, height } = canvas;
    try {
      return decodeQR({ width, height, data: canvas.getContext("2d").getImageData(0, 0, width, height).data });
    } catch {
      return ""; // nothing to read in this picture
    }
  };
}

function stop() {
  clearTimeout(timer);
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  view.hidden = true;
  start.hidden = false;
}

// Only the pass itself is taken from what the camera read: never an address to go to.
function open(text) {
  const found = PASS.exec(text.trim());
  if (!found) {
    said.textContent = pane.dataset.foreign;
    return false;
  }
  stop();
  location.assign(pane.dataset.pass.replace("PASS", encodeURIComponent(decodeURIComponent(found[1]))));
  return true;
}

async function look() {
  said.textContent = "";
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch {
    said.textContent = pane.dataset.refused;
    return;
  }
  view.hidden = false;
  start.hidden = true;
  video.srcObject = stream;
  await video.play();
  const readIn = await reader();
  const canvas = document.createElement("canvas");
  const glance = async () => {
    if (!stream) return;
    if (video.videoWidth) {
      const scale = Math.min(1, WIDEST / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = await readIn(canvas);
      if (text && open(text)) return;
    }
    timer = setTimeout(glance, EVERY_MS);
  };
  glance();
}

if (pane && navigator.mediaDevices?.getUserMedia) {
  pane.hidden = false;
  start.addEventListener("click", look);
  pane.querySelector("[data-scan-stop]").addEventListener("click", stop);
  window.addEventListener("pagehide", stop);
}
