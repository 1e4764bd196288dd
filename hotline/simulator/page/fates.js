// What becomes of a phone, and of everything the carrier carries: folded away until somebody wants to spoil the night.

import { button, h } from "./dom.js";
import { api } from "./wire.js";
import { attempt, note, store } from "./store.js";

const STATES = { ok: "on", off: "switched off", dead: "number no longer exists", landline: "a landline", filtered: "texts filtered as spam" };
const DELAYS = { 0: "no", 10: "10 seconds", 60: "a minute", 600: "10 minutes" };
const RINGS = { rings: "rings, and you answer", answers: "is answered at once", busy: "is busy", voicemail: "goes to voicemail", unreachable: "cannot be reached", rejects: "rejects every call" };
const TEXTS = { ok: "once, in order", doubled: "twice", reordered: "in the wrong order", lost: "never" };
const REPORTS = { in_order: "in order", late: "late", out_of_order: "in the wrong order", duplicated: "twice", never: "never" };
const FAULTS = { "": "no", 429: "too many requests (429)", 500: "out of order (500)", 21610: "opted out (21610)", 30007: "filtered (30007)", drop: "the connection is cut", hang: "no answer at all" };

let fields = 0;

function choice(label, options, value, does) {
  const id = `choice-${++fields}`;
  const select = h("select", { id, onchange: () => does(select.value) },
    Object.entries(options).map(([one, words]) => h("option", { value: one }, words)));
  select.value = String(value ?? Object.keys(options)[0]);
  return h("p", { class: "field" }, h("label", { for: id }, label), select);
}

function tick(label, checked, does) {
  const id = `choice-${++fields}`;
  const box = h("input", { type: "checkbox", id, checked, onchange: () => does(box.checked) });
  return h("p", { class: "field tick" }, box, h("label", { for: id }, label));
}

/** In a few words what is wrong with a phone; empty when all is well. */
export function troubled(phone) {
  if (!phone) return "";
  const { state, delay, inbound, calls } = phone.fate;
  const found = [];
  if (state && state !== "ok") found.push(capital(STATES[state]));
  if (delay) found.push("Slow");
  if (phone.opted_out.length) found.push("Opted out");
  if (inbound && inbound !== "ok") found.push(`Its texts reach the line ${TEXTS[inbound]}`);
  if (calls && calls !== "rings") found.push(`A call ${RINGS[calls]}`);
  return found.join(" · ");
}

const capital = (words) => words[0].toUpperCase() + words.slice(1);

/** The folded part of one phone. */
export function settings(phone, close, remove) {
  const known = store.phones.get(phone.number);
  const fate = known?.fate ?? {};
  const set = (wishes) => attempt(() => api.fate(phone.number, wishes));
  return [
    h("div", { class: "settings-head" }, h("h3", {}, `What happens to ${phone.first}'s phone`), button("", close, { icon: "close", label: "Close", class: "quiet-button" })),
    choice("This phone is", STATES, fate.state ?? "ok", (state) => set({ state })),
    choice("Texts come late", DELAYS, fate.delay ?? 0, (delay) => set({ delay: Number(delay) })),
    choice("A call to it", RINGS, fate.calls ?? "rings", (calls) => set({ calls })),
    choice("The line gets its texts", TEXTS, fate.inbound ?? "ok", (inbound) => set({ inbound })),
    tick("Has opted out (STOP)", Boolean(known?.opted_out.length), (left) => attempt(() => api.leave(phone.number, left))),
    h("p", { class: "field" }, button("Put this phone away", remove, { class: "plain-button" })),
  ];
}

/** The carrier's own dialog: what becomes of everybody's texts. */
export async function carrierDialog() {
  const carrier = await attempt(() => api.carrier());
  if (!carrier) return;
  const fate = (wishes) => attempt(() => api.carrier({ fate: wishes }));
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "carrier-title", onclose: () => dialog.remove() },
    h("div", { class: "settings-head" }, h("h2", { id: "carrier-title" }, "The telephone company"),
      button("", () => dialog.close(), { icon: "close", label: "Close", class: "quiet-button" })),
    h("p", { class: "hint" }, "Spoil the night for everybody, and see that the line goes on."),
    choice("Every text is late", DELAYS, carrier.fate.delay, (delay) => fate({ delay: Number(delay) })),
    choice("The line gets texts", TEXTS, carrier.fate.inbound, (inbound) => fate({ inbound })),
    choice("Reports of delivery come", REPORTS, carrier.fate.callbacks, (callbacks) => fate({ callbacks })),
    choice("The next text is refused", FAULTS, "", (answer) => attempt(() => (answer
      ? api.fault({ answer: /^\d+$/.test(answer) ? Number(answer) : answer, times: 3 }).then(() => note("The next three texts of the line are refused."))
      : api.faultless()))),
    tick("One text a second, as a real number sends", carrier.paced, (paced) => attempt(() => api.carrier({ paced }))),
    carrier.speaking === undefined ? null : tick("Speaking takes time", carrier.speaking > 0, (talks) => attempt(() => api.carrier({ speaking: talks ? 15 : 0 }))),
    h("h3", {}, "What went wrong lately"),
    store.troubles.length
      ? h("ul", { class: "troubles" }, store.troubles.slice(-8).reverse().map((one) => h("li", {}, `${store.hour(one.time)} ${one.code}: ${one.problem}`)))
      : h("p", { class: "hint" }, "Nothing."));
  document.body.append(dialog);
  dialog.showModal();
}
