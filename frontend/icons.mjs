// The icons of the sprite: names from lucide-static, plus the few we draw ourselves.
// A name missing here is refused by `{% icon %}` in tests, so the sprite stays small.
export const lucide = [
  "accessibility", "arrow-left", "arrow-right", "badge-check", "bell", "bike", "book-open", "building-2",
  "calendar", "calendar-clock", "calendar-x", "camera", "check", "chevron-down", "chevron-left",
  "chevron-right", "circle-alert", "circle-check", "clock", "copy", "download", "ellipsis", "euro",
  "external-link", "eye", "file-text", "flag", "gift", "globe", "headset", "heart", "history",
  "hourglass", "house", "image", "inbox", "info", "key", "landmark", "laptop", "leaf", "life-buoy",
  "list", "locate", "lock", "log-in", "log-out", "mail", "map", "map-pin", "megaphone", "menu", "minus",
  "navigation", "package", "package-check", "pencil", "phone", "plus", "printer", "qr-code",
  "refresh-cw", "scale", "scan-line", "search", "settings", "share-2", "shield-check", "shopping-bag", "shopping-basket",
  "sliders-horizontal", "sparkles", "sprout", "star", "store", "tag", "trash-2", "triangle-alert",
  "truck", "upload", "user", "users", "utensils", "wheat", "wifi-off", "wrench", "x",
];

// Drawn on lucide's 24 × 24 grid, round caps, stroke 2.
export const own = {
  // A bag that keeps its ribbon: « Mettez-le-moi de côté ».
  "set-aside":
    '<path d="M6 2 3 6v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V6l-3-4Z"/><path d="M3 6h18"/>' +
    '<path d="M9 6v10l3-2.4 3 2.4V6"/>',
  // A cup to carry away.
  takeaway:
    '<path d="m6 8 1.6 12.2A2 2 0 0 0 9.6 22h4.8a2 2 0 0 0 2-1.8L18 8"/><path d="M5 8h14"/>' +
    '<path d="m7 8 .7-3h8.6l.7 3"/><path d="M7.2 13h9.6"/>',
};
