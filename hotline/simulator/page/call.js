// A phone's call: dialling, ringing, and being connected. What is said is shown as words, and spoken if wanted.

import { aside, button, h, icon, length, replace, shown } from "./dom.js";
import { api } from "./wire.js";
import { attempt, note, store } from "./store.js";
import { hush, say } from "./voice.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };
const SPEAKERS = { said: "Line", played: "Line", heard: "", spoke: "You", pressed: "Keys", sound: "" };

export const live = (call) => ["queued", "ringing", "in-progress"].includes(call.status);

export const isRung = (call) => call.status === "ringing" && call.by !== "phone";

/** Whose phone is at the other end of a call, or the line. */
export function others(call) {
  const legs = (call.with ?? []).map((sid) => store.calls.get(sid)).filter(Boolean);
  return legs.map((leg) => store.name(leg.phone));
}

export class CallScreen {
  constructor(phone) {
    this.phone = phone;
    this.element = h("div", { class: "call", hidden: true, onkeydown: (event) => this.#onKey(event) });
    this.sid = null;
    this.#lines = h("div", { class: "transcript", role: "log", "aria-live": "polite", tabindex: "0" });
    setInterval(() => this.#tick(), 1000);
  }

  #lines;
  #drawn = "";
  #isLeft = false; // let ring, or put aside
  #took = null;
  #words = null;

  get shownCall() {
    return this.sid ? store.calls.get(this.sid) : null;
  }

  /** Whichever call is on; a new one comes to the front by itself. */
  draw(calls) {
    const on = calls.filter(live).at(-1);
    if (on && on.sid !== this.sid) {
      this.sid = on.sid;
      this.#isLeft = false;
      this.#drawn = "";
    }
    const call = this.shownCall;
    if (!call) return;
    this.phone.element.classList.toggle("rung", isRung(call));
    this.phone.element.classList.toggle("on-the-phone", call.status === "in-progress");
    if (call.status === "in-progress" && !this.#isOpen) this.#isOpen = true;
    if (!live(call) && !this.#isRead) hush();
    this.#show(call);
  }

  #isOpen = false;

  get #isRead() {
    return this.#drawn.startsWith("over");
  }

  /** An old call, to be read again. */
  open(sid) {
    this.sid = sid;
    this.#isLeft = false;
    this.#drawn = "";
    this.#show(store.calls.get(sid));
  }

  close() {
    this.#isLeft = true;
    this.element.hidden = true;
    this.phone.words.focus();
  }

  #show(call) {
    if (this.#isLeft && isRung(call)) {
      this.element.hidden = true;
      return;
    }
    if (this.#isLeft && !live(call)) return;
    this.element.hidden = false;
    const kind = isRung(call) ? "rung" : live(call) ? "live" : "over";
    const look = `${kind} ${call.sid}`;
    if (look !== this.#drawn) {
      this.#drawn = look;
      this.#lines.replaceChildren();
      replace(this.element, kind === "rung" ? this.#ringing(call) : this.#talking(call, kind));
      if (kind === "rung" || this.phone.element.contains(document.activeElement)) this.element.querySelector("button.main")?.focus({ preventScroll: true });
    }
    this.#write(call);
    this.#tick();
  }

  // --- three looks ----------------------------------------------------------------------------------------------

  #who(call, words) {
    const other = call.by === "phone" ? call.to : call.from;
    this.#took = h("p", { class: "took", role: "status" }, words);
    return h("div", { class: "call-who" }, h("span", { class: "face", "aria-hidden": "true" }, store.name(other).slice(0, 1)),
      h("h3", {}, store.name(other)), h("p", { class: "number" }, shown(other)), this.#took);
  }

  #ringing(call) {
    const act = (what) => () => attempt(() => api.act(call.sid, what));
    return [
      this.#who(call, "is calling"),
      h("div", { class: "call-buttons" },
        button("Decline", act("decline"), { icon: "end", class: "hang-up" }),
        button("Answer", act("answer"), { icon: "call", class: "answer main" })),
      h("div", { class: "call-asides" },
        button("Let it ring", () => { this.#isLeft = true; this.element.hidden = true; }, { class: "plain-button" }),
        button("Voicemail takes it", act("voicemail"), { class: "plain-button" })),
    ];
  }

  #talking(call, kind) {
    const head = this.#who(call, "");
    this.#lines.setAttribute("aria-label", `What is said on the call of ${this.phone.name}`);
    if (kind === "over") return [head, this.#lines, h("div", { class: "call-buttons" }, button("Back to texts", () => this.close(), { icon: "back", class: "plain-button main" }))];
    this.#words = h("input", { type: "text", maxlength: "600", "aria-label": `${this.phone.name} says`, placeholder: "Say something" });
    const form = h("form", { class: "say", onsubmit: (event) => { event.preventDefault(); this.#speak(call); } },
      this.#words, button("Say", () => this.#speak(call), { class: "say-button" }));
    const pad = h("div", { class: "keypad", role: "group", "aria-label": "Keypad", hidden: true },
      KEYS.map((key) => button(h("span", { class: "key" }, key, h("small", {}, LETTERS[key] ?? "")), () => this.#press(call, key), { label: `Key ${key === "*" ? "star" : key === "#" ? "pound" : key}`, title: undefined })));
    const keys = button("Keypad", () => { pad.hidden = !pad.hidden; keys.setAttribute("aria-expanded", String(!pad.hidden)); }, { icon: "keys", class: "plain-button", "aria-expanded": "false" });
    if (call.doing?.verb === "gather" && call.doing.numDigits) keys.click();
    return [head, this.#lines, pad, form, h("div", { class: "call-buttons" }, keys,
      button("Hang up", () => attempt(() => api.act(call.sid, "hangup")), { icon: "end", class: "hang-up main" }))];
  }

  // --- what is said ---------------------------------------------------------------------------------------------

  #write(call) {
    const known = this.#lines.children.length;
    for (const line of (call.transcript ?? []).slice(known)) {
      const speaker = line.kind === "heard" ? others(call)[0] ?? "Other" : SPEAKERS[line.kind] ?? "";
      this.#lines.append(h("p", { class: `line ${line.kind}` }, speaker ? h("span", { class: "speaker" }, `${speaker}: `) : null, line.text));
      if (["said", "heard"].includes(line.kind)) say(`${call.sid} ${line.seq}`, line.text, line.language);
    }
    if (this.#lines.children.length !== known) this.#lines.scrollTop = this.#lines.scrollHeight;
  }

  #tick() {
    const call = this.shownCall;
    if (!call || !this.#took || this.element.hidden) return;
    this.#took.textContent = call.status === "in-progress" ? inWords(call) : isRung(call) ? "is calling" : live(call) ? "ringing" : ended(call);
  }

  #speak(call) {
    const words = this.#words.value.trim();
    if (!words) return;
    this.#words.value = "";
    attempt(() => api.say(call.sid, words));
  }

  #press(call, key) {
    attempt(() => api.keys(call.sid, key));
  }

  #onKey(event) {
    const call = this.shownCall;
    if (!call || call.status !== "in-progress" || event.target.tagName === "INPUT" || !KEYS.includes(event.key)) return;
    event.preventDefault();
    this.#press(call, event.key);
  }

  // --- dialling -------------------------------------------------------------------------------------------------

  async place(number, from) {
    const call = await attempt(() => api.call(this.phone.number, number, from));
    if (call) {
      store.calls.set(call.sid, { ...call, ...store.calls.get(call.sid) });
      this.open(call.sid);
    }
  }

  /** Whom to call: the line, anybody who has a phone here, or any number. */
  dial() {
    const desk = store.state?.program?.desk;
    const known = [...new Set([this.phone.lineOf(), desk, ...document.querySelectorAll(".phone")].map((one) => one?.dataset?.number ?? one))]
      .filter((number) => number && number !== this.phone.number);
    const hidden = h("input", { type: "checkbox", id: `hide-${this.phone.number}` });
    const own = h("input", { type: "tel", "aria-label": "Another number", placeholder: "309-555-0123" });
    const go = (number) => { this.element.hidden = true; this.#drawn = ""; this.place(number, hidden.checked ? "anonymous" : undefined); };
    const typed = () => { const number = e164(own.value); if (number) go(number); else note("A number has ten digits, such as 309-555-0123."); };
    this.sid = null;
    this.#drawn = "dial";
    this.element.hidden = false;
    replace(this.element,
      h("div", { class: "settings-head" }, h("h3", {}, `${this.phone.first} calls`), button("", () => this.close(), { icon: "close", label: "Do not call", class: "quiet-button" })),
      h("ul", { class: "dial-list" }, known.map((number) => h("li", {}, button([h("span", {}, store.name(number)), h("span", { class: "number" }, shown(number))], () => go(number), { icon: "call", class: "dial-one" })))),
      h("form", { class: "say", onsubmit: (event) => { event.preventDefault(); typed(); } }, own, button("Call", typed, { class: "say-button" })),
      h("p", { class: "field tick" }, hidden, h("label", { for: hidden.id }, "Hide this phone's number")));
    this.element.querySelector("li button")?.focus();
  }
}

const e164 = (typed) => {
  const digits = typed.replace(/\D/g, "");
  return digits.length === 10 ? `+1${digits}` : typed.trim().startsWith("+") || digits.length === 11 ? `+${digits}` : null;
};

function inWords(call) {
  const since = (store.now - new Date(call.answered ?? call.created)) / 1000;
  const beside = others(call);
  const doing = { say: "the line speaks", gather: call.doing?.speech ? "the line listens" : "the line waits for keys", queue: "waiting in line", record: "being recorded",
    pause: "the line pauses", dial: "the line is calling", conference: "waiting for the others", ring: "ringing" }[call.doing?.verb] ?? "";
  return [length(since), call.answered_by === "voicemail" ? "voicemail" : "", beside.length ? `with ${beside.join(" and ")}` : doing].filter(Boolean).join(" · ");
}

function ended(call) {
  const how = { completed: "Call ended", busy: "Busy", "no-answer": "No answer", failed: "Could not be reached", canceled: "Hung up before an answer" }[call.status] ?? call.status;
  return call.duration ? `${how} · ${length(call.duration)}` : how;
}
