// Elements without a framework: h() for HTML, s() for SVG, icons, and words for numbers and lengths of time.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, given = {}, ...children) {
  return fill(document.createElement(tag), given, children);
}

export function s(tag, given = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), given, children);
}

function fill(element, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const ICONS = {
  call: "M6.5 3.5h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2.200 2A16.5 16.5 0 0 1 4.5 5.700a2 2 0 0 1 2-2.200z",
  end: "M3 14.5c5-5 13-5 18 0l-2 2.5-4-1.5v-2.5a13 13 0 0 0-6 0v2.5l-4 1.5z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M12 19V5M5.5 11.5 12 5l6.5 6.5",
  keys: "M6 5h.01M12 5h.01M18 5h.01M6 11h.01M12 11h.01M18 11h.01M6 17h.01M12 17h.01M18 17h.01",
  voice: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11",
  quiet: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
  add: "M12 5v14M5 12h14",
  play: "M8 5.5v13l10.5-6.5z",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  siren: "M7 18v-5a5 5 0 0 1 10 0v5M5 18.5h14M12 4v1.5M4.5 7.5l1.5 1M19.5 7.5l-1.5 1",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  close: "M6 6l12 12M18 6 6 18",
  next: "M5 6v12l8-6zM18 6v12",
  back: "M14.5 6l-6 6 6 6",
  tower: "M12 11v9M8.5 20h7M12 8.5h.01M8.5 12a5 5 0 0 1 0-7M15.5 12a5 5 0 0 0 0-7M5.800 14.5a8.700 8.700 0 0 1 0-12M18.200 14.5a8.700 8.700 0 0 0 0-12",
};

export function icon(name) {
  const shape = s("path", { d: ICONS[name] });
  return s("svg", { class: `icon icon-${name}`, viewBox: "0 0 24 24", "aria-hidden": "true" }, shape);
}

export function button(words, does, { icon: picture, label, ...given } = {}) {
  return h("button", { type: "button", "aria-label": label, title: label, onclick: does, ...given }, picture ? icon(picture) : null, words);
}

/** What only a screen reader says. */
export const aside = (words) => h("span", { class: "sr" }, words);

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(2).filter(Boolean));
}

/** 3:40, 1 h 05, 2 d 3 h. */
export function length(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (n) => String(n).padStart(2, "0");
  if (left < 3600) return `${Math.floor(left / 60)}:${two(left % 60)}`;
  if (left < 86400) return `${Math.floor(left / 3600)} h ${two(Math.floor((left % 3600) / 60))}`;
  return `${Math.floor(left / 86400)} d ${Math.floor((left % 86400) / 3600)} h`;
}

/** The same for an ear: "3 minutes 40 seconds". */
export function spoken(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const parts = [[Math.floor(left / 86400), "day"], [Math.floor((left % 86400) / 3600), "hour"],
    [Math.floor((left % 3600) / 60), "minute"], [left % 60, "second"]].filter(([n]) => n).slice(0, 2);
  return parts.map(([n, unit]) => `${n} ${unit}${n === 1 ? "" : "s"}`).join(" ") || "now";
}

/** +13095550100 as people write it. */
export function shown(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number || "");
  return parts ? `${parts[1]}-${parts[2]}-${parts[3]}` : number || "unknown";
}

export const plain = (name) => String(name ?? "").replaceAll("_", " ");
export const capital = (words) => words && words[0].toUpperCase() + words.slice(1);
