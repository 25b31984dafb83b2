// The touch icon and the sharing image, painted pixel by pixel: no image library to install.
import { deflateSync, crc32 } from "node:zlib";

const crcTable = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});
// `zlib.crc32` came with Node 20.15; older ones get the table.
const checksum = crc32 ?? ((bytes) => {
  let c = 0xffffffff;
  for (const b of bytes) c = crcTable[(c ^ b) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(checksum(body), body.length + 4);
  return out;
}

/** A PNG whose pixel at (x, y), both in 0…1 of the height, is `paint(x, y)` → [r, g, b]. */
export function png(width, height, paint) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  const steps = [0.25, 0.75];
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    rows[at++] = 0;
    for (let x = 0; x < width; x += 1) {
      const sum = [0, 0, 0];
      for (const dy of steps) for (const dx of steps) {
        const colour = paint((x + dx) / height, (y + dy) / height);
        for (let i = 0; i < 3; i += 1) sum[i] += colour[i];
      }
      for (let i = 0; i < 3; i += 1) rows[at++] = Math.round(sum[i] / 4);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}

const paper = [251, 247, 240], white = [255, 255, 255];
const green = [30, 91, 69], sun = [232, 179, 58], clay = [196, 80, 46], pale = [241, 233, 218];
const inside = (x, y, left, top, right, bottom, r = 0) => {
  if (x < left || x > right || y < top || y > bottom) return false;
  const dx = Math.max(left + r - x, 0, x - right + r), dy = Math.max(top + r - y, 0, y - bottom + r);
  return dx * dx + dy * dy <= r * r || !(dx && dy);
};

/** A scalloped awning from `left` to `right`; null outside it. */
function awning(x, y, left, right, top, bottom, scallops) {
  if (x < left || x > right || y < top) return null;
  const width = (right - left) / scallops, r = width / 2;
  const which = Math.min(scallops - 1, Math.floor((x - left) / width));
  const centre = left + which * width + r;
  const hangs = y <= bottom - r || (x - centre) ** 2 + (y - bottom + r) ** 2 <= r * r;
  return hangs ? (which % 2 ? white : green) : null;
}

function shop(x, y) {
  const roof = awning(x, y, 0.14, 0.86, 0.2, 0.47, 5);
  if (roof) return roof;
  if (inside(x, y, 0.56, 0.54, 0.72, 0.82)) return clay;
  if (inside(x, y, 0.28, 0.54, 0.48, 0.68, 0.02)) return sun;
  if (inside(x, y, 0.2, 0.3, 0.8, 0.82, 0.02)) return white;
  return null;
}

export const touchIcon = () => png(180, 180, (x, y) => shop(x, y) ?? (y > 0.82 ? [219, 232, 224] : pale));

export const sharingImage = () => png(1200, 630, (x, y) => {
  const across = 1200 / 630;
  const roof = awning(x, y, 0, across, 0, 0.24, 15);
  if (roof) return roof;
  const scale = 0.62;
  const painted = shop((x - across / 2) / scale + 0.5, (y - 0.6) / scale + 0.5);
  if (painted) return painted;
  if (y > 0.798) return [203, 223, 211];
  return (x - across / 2) ** 2 + (y - 0.6) ** 2 < 0.31 ** 2 ? [227, 238, 231] : paper;
});
