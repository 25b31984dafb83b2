// What a popup says. Text enters the page by textContent only (fault 63): a shop's name is never HTML.

function part(tag, name, text) {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

/** The address of a sheet: `{slug}` in the template given by the page, on our own origin only. */
function sheetAddress(properties, template) {
  const raw = properties.url ?? (properties.slug && template?.replace("{slug}", encodeURIComponent(properties.slug)));
  if (!raw) return null;
  try {
    const url = new URL(raw, location.href);
    return url.origin === location.origin && url.protocol.startsWith("http") ? url.href : null;
  } catch {
    return null;
  }
}

export function describe(properties, template) {
  const box = document.createElement("div");
  const name = part("p", "map-popup__name", "");
  const address = sheetAddress(properties, template);
  if (address) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = properties.name ?? "";
    name.append(link);
  } else {
    name.textContent = properties.name ?? "";
  }
  box.append(name);
  const where = properties.where ?? [properties.category_name ?? properties.category, properties.place ?? properties.commune].filter((word) => typeof word === "string").join(" · ");
  if (where) box.append(part("p", "map-popup__where", where));
  if (properties.status && typeof properties.status === "string") box.append(part("p", "map-popup__status", properties.status));
  return box;
}
