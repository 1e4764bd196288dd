// Everybody's phone: lays the phones side by side, or one at a time with tabs where there is room for one.

import { bar, strip } from "./bar.js";
import { aside, button, h, replace, shown } from "./dom.js";
import { panel } from "./panel.js";
import { Phone, ROLES } from "./phone.js";
import { api } from "./wire.js";
import { attempt, note, PERSON, store } from "./store.js";

const WANTED = ["coordinator", "coordinator", "driver", "guide", "officer"];
const MOST_BY_ITSELF = 6;
const NARROWEST = 268; // pixels a phone needs
const stage = document.getElementById("phones");
const tabs = document.getElementById("tabs");
const line = document.getElementById("line");
const phones = new Map();
let front = "";

// --- which phones -------------------------------------------------------------------------------------------------

/** A person in need, and of the team one of each kind, two who coordinate. */
function everybody() {
  const team = [...store.team];
  const chosen = WANTED.map((role) => {
    const at = team.findIndex((one) => one.roles.includes(role));
    return at < 0 ? null : team.splice(at, 1)[0].phone;
  }).filter(Boolean);
  if (!chosen.length) chosen.push(...[...store.phones.keys()].filter((number) => number !== PERSON).slice(0, 5));
  return [lastAsking() ?? PERSON, ...chosen];
}

/** After a reload: whoever texted last without being on the team. */
function lastAsking() {
  return [...store.texts.values()].filter((text) => text.by === "phone" && !store.member(text.phone)).at(-1)?.phone;
}

function add(number, place = null) {
  if (phones.has(number)) return phones.get(number);
  const phone = new Phone(number, { remove: (one) => putAway(one.number), changed: drawTab });
  const before = place && phones.get(place);
  phones.set(number, phone);
  stage.insertBefore(phone.element, before ? before.element : null);
  phone.talk.scrollTop = phone.talk.scrollHeight;
  lay();
  return phone;
}

function putAway(number) {
  phones.get(number)?.element.remove();
  phones.delete(number);
  if (front === number) bringForward([...phones.keys()][0] ?? "line");
  lay();
}

/** Somebody whose phone lies in the drawer texts, or is texted, while a play is on: they get the place of whoever is like them and has been still longest. */
function takeTheStage(number) {
  if (phones.has(number) || !store.plays.playing || store.isLine(number)) return;
  const isPerson = store.role(number) === "person";
  const alike = [...phones.keys()].filter((one) => (store.role(one) === "person") === isPerson);
  if (phones.size < MOST_BY_ITSELF || !alike.length) return void add(number);
  const stillest = alike.map((one) => [store.textsOf(one).at(-1)?.seq ?? 0, one]).sort(([a], [b]) => a - b)[0][1];
  const isFront = front === stillest;
  add(number, stillest);
  putAway(stillest);
  if (isFront) bringForward(number);
}

// --- where they stand ---------------------------------------------------------------------------------------------

/** As many to a row as there is room for, and the rows alike. */
function lay() {
  const room = Math.max(1, Math.floor(stage.clientWidth / NARROWEST));
  const rows = Math.ceil(phones.size / room);
  stage.style.setProperty("--columns", String(Math.max(1, Math.ceil(phones.size / rows))));
  stage.style.setProperty("--rows", String(Math.max(1, rows)));
  drawTabs();
}

function bringForward(number) {
  front = number;
  document.body.dataset.front = number === "line" ? "line" : "phone";
  for (const phone of phones.values()) phone.element.classList.toggle("front", phone.number === number);
  phones.get(number)?.talk.scrollTo(0, phones.get(number).talk.scrollHeight);
  drawTabs();
}

function look(number) {
  const phone = add(number);
  bringForward(number);
  phone.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  phone.words.focus({ preventScroll: true });
}

function drawTabs() {
  const all = [...phones.values()].sort((one, other) => (one.element.compareDocumentPosition(other.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  replace(tabs, all.map((phone) => tab(phone.number, phone.first, phone)), tab("line", "The line"),
    button("", openDrawer, { icon: "add", label: "More phones", class: "tab" }));
}

function tab(number, words, phone) {
  const one = button(words, () => bringForward(number), { class: "tab", "aria-pressed": String(front === number), "data-tab": number });
  if (phone) one.append(h("span", { class: "badge", hidden: !phone.waiting.size }, String(phone.waiting.size), aside(" waiting")));
  return one;
}

function drawTab(phone) {
  if (front === phone.number && document.body.clientWidth < 760 && !document.hidden) phone.waiting.clear();
  const badge = tabs.querySelector(`[data-tab="${CSS.escape(phone.number)}"] .badge`);
  if (!badge) return;
  badge.hidden = !phone.waiting.size;
  replace(badge, String(phone.waiting.size), aside(" waiting"));
}

// --- the drawer: every phone there is, and any other --------------------------------------------------------------

function openDrawer() {
  const known = [...new Set([PERSON, ...store.team.map((one) => one.phone), ...store.phones.keys(), ...phones.keys()])].filter((number) => !store.isLine(number));
  const rows = known.map((number) => {
    const box = h("input", { type: "checkbox", id: `drawer-${number}`, checked: phones.has(number), onchange: () => (box.checked ? add(number) : putAway(number)) });
    return h("li", { class: "field tick" }, box, h("label", { for: box.id }, store.name(number), h("span", { class: "number" }, `${ROLES[store.role(number)] ?? store.role(number)} · ${shown(number)}`)));
  });
  const number = h("input", { type: "tel", "aria-label": "Number", placeholder: "309-555-0160", required: true });
  const name = h("input", { type: "text", "aria-label": "Name", placeholder: "Name", maxlength: "40" });
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "drawer-title", onclose: () => dialog.remove() },
    h("div", { class: "settings-head" }, h("h2", { id: "drawer-title" }, "Phones"), button("", () => dialog.close(), { icon: "close", label: "Close", class: "quiet-button" })),
    h("ul", { class: "drawer" }, rows),
    h("h3", {}, "Another phone"),
    h("form", { class: "new-phone", onsubmit: (event) => { event.preventDefault(); hold(number.value, name.value, dialog); } }, number, name, h("button", { type: "submit", class: "say-button" }, "Add")));
  document.body.append(dialog);
  dialog.showModal();
}

async function hold(typed, name, dialog) {
  const digits = typed.replace(/\D/g, "");
  if (digits.length < 10 || digits.length > 15) return note("A number has ten digits, such as 309-555-0160.");
  const number = digits.length === 10 ? `+1${digits}` : `+${digits}`;
  if (name.trim() && !await attempt(() => api.name(number, name.trim()))) return undefined;
  dialog.close();
  return look(number);
}

// --- begin --------------------------------------------------------------------------------------------------------

function refreshAll() {
  for (const phone of phones.values()) phone.refresh();
  drawTabs();
}

function heard(texts) {
  for (const text of texts) takeTheStage(text.phone);
  const touched = new Map();
  for (const text of texts) if (phones.has(text.phone)) touched.set(text.phone, [...(touched.get(text.phone) ?? []), text]);
  for (const [number, own] of touched) {
    phones.get(number).draw();
    phones.get(number).arrived(own);
  }
}

function called(calls) {
  for (const call of calls) takeTheStage(call.phone);
  for (const phone of phones.values()) phone.draw();
}

await attempt(() => store.start());
for (const number of everybody()) add(number);
const person = [...phones.keys()][0];
bar(document.getElementById("bar"), { more: openDrawer });
strip(document.getElementById("strip"), { begin: () => { bringForward(person); phones.get(person)?.text("I want help"); } });
panel(line, { look });
bringForward(person);
let known = "";
store.on("state", () => {
  if (known === (known = JSON.stringify([store.team, store.state?.program]))) return;
  if (phones.size === 1) for (const number of everybody()) add(number);
  refreshAll();
});
store.on("phones", refreshAll);
store.on("reset", refreshAll);
store.on("texts", heard);
store.on("calls", called);
new ResizeObserver(lay).observe(stage);
