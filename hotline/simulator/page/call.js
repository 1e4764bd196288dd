// A phone's call: dialling, ringing, and being connected. What is said is shown as words, and spoken if wanted.

import { button, h, length, replace, shown } from "./dom.js";
import { api } from "./wire.js";
import { attempt, note, store } from "./store.js";
import { hush, say } from "./voice.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };
const NAMES = { "*": "star", "#": "pound" };
const SPEAKERS = { said: "Line", played: "Line", heard: "", spoke: "You", pressed: "Keys", sound: "" };

const QUEUE = / in q?\d+$/; // a queue's name is for machines

export const live = (call) => ["queued", "ringing", "in-progress"].includes(call.status);

/** Whether this leg is of a phone that is called, by the line or by another phone. */
export const isCalled = (call) => call.to === call.phone;

export const isRung = (call) => call.status === "ringing" && isCalled(call);

/** Whose phone is at the other end of a call, or the line. */
export function others(call) {
  const legs = (call.with ?? []).map((sid) => store.calls.get(sid)).filter(Boolean);
  return legs.map((leg) => store.name(leg.phone));
}

export class CallScreen {
  #lines = h("div", { class: "transcript", role: "log", "aria-live": "polite", tabindex: "0" });
  #drawn = ""; // which call is drawn, and in which of the three looks
  #isAside = false; // let ring, or read to its end
  #mode = "";
  #took = null;
  #pad = null;
  #speech = null;
  #words = null;
  #turned = null;

  constructor(phone) {
    this.phone = phone;
    this.sid = null;
    this.element = h("div", { class: "call", hidden: true, onkeydown: (event) => this.#onKey(event) });
    setInterval(() => this.#tick(), 1000);
  }

  get #call() {
    return this.sid ? store.calls.get(this.sid) : null;
  }

  /** Whichever call is on; a new one comes to the front by itself. */
  draw(calls) {
    const on = calls.findLast(live);
    if (on && on.sid !== this.sid) this.#turnTo(on.sid);
    const call = this.#call;
    this.phone.element.classList.toggle("is-rung", Boolean(on && isRung(on)));
    this.phone.element.classList.toggle("on-the-phone", Boolean(on && on.status === "in-progress"));
    if (call) this.#show(call);
    else if (this.#drawn !== "dial") this.element.hidden = true;
  }

  #turnTo(sid) {
    this.sid = sid;
    this.#isAside = false;
    this.#drawn = "";
  }

  /** An old call, to be read again. */
  open(sid) {
    this.#turnTo(sid);
    this.#show(this.#call);
  }

  close() {
    this.#isAside = true;
    this.#drawn = "";
    this.element.hidden = true;
    this.phone.words.focus();
  }

  #show(call) {
    const kind = isRung(call) ? "rung" : live(call) ? "live" : "over";
    const was = this.#drawn.split(" ")[0];
    if (kind === "live" && was === "") this.#isAside = false;
    if (kind === "over" && was === "rung" && !call.answered) this.#isAside = true; // missed: the list of texts says so
    this.element.hidden = this.#isAside;
    if (this.#isAside) return;
    const look = `${kind} ${call.sid}`;
    if (look !== this.#drawn) {
      const hadFocus = this.element.contains(document.activeElement);
      this.#drawn = look;
      this.#mode = "";
      this.#lines.replaceChildren();
      replace(this.element, kind === "rung" ? this.#ringing(call) : this.#talking(call, kind));
      if (hadFocus) this.element.querySelector(".main")?.focus({ preventScroll: true });
      if (kind === "over") hush();
    }
    this.#turnPad(call);
    this.#write(call);
    this.#tick();
  }

  // --- three looks ----------------------------------------------------------------------------------------------

  #head(call, look) {
    const other = isCalled(call) ? call.from : call.to;
    this.#took = h("p", { class: "took" });
    return h("div", { class: `call-who look-${look}`, role: look === "rung" ? "alert" : null }, h("span", { class: "face", "aria-hidden": "true" }, store.name(other).slice(0, 1)),
      h("h3", {}, store.name(other)), look === "rung" ? h("p", { class: "number" }, shown(other)) : null, this.#took);
  }

  #ringing(call) {
    const act = (what) => () => attempt(() => api.act(call.sid, what));
    return [
      this.#head(call, "rung"),
      h("div", { class: "call-buttons" },
        button("Decline", act("decline"), { icon: "end", class: "hang-up" }),
        button("Answer", act("answer"), { icon: "call", class: "answer main" })),
      h("div", { class: "call-asides" },
        button("Let it ring", () => { this.#isAside = true; this.element.hidden = true; }, { class: "plain-button" }),
        button("Voicemail takes it", act("voicemail"), { class: "plain-button" })),
    ];
  }

  #talking(call, kind) {
    this.#lines.setAttribute("aria-label", `What is said on the call of ${this.phone.name}`);
    if (kind === "over") return [this.#head(call, kind), this.#lines, h("div", { class: "call-buttons" }, button("Back to texts", () => this.close(), { icon: "back", class: "plain-button main" }))];
    this.#words = h("input", { type: "text", maxlength: "600", "aria-label": `${this.phone.name} says`, placeholder: "Type what you say" });
    this.#speech = h("form", { class: "say", onsubmit: (event) => { event.preventDefault(); this.#speak(call); } },
      this.#words, h("button", { type: "submit", class: "say-button" }, "Say"));
    this.#pad = h("div", { class: "keypad", role: "group", "aria-label": "Keypad" },
      KEYS.map((key) => button(h("span", { class: "key" }, key, h("small", {}, LETTERS[key] ?? "")), () => this.#press(call, key), { label: NAMES[key] ?? key, title: null })));
    const turner = button("", () => this.#turn(!this.#pad.hidden), { icon: "keys", class: "plain-button" });
    turner.append(this.#turned = h("span"));
    this.#turn(true);
    return [this.#head(call, kind), this.#lines, this.#pad, this.#speech, h("div", { class: "call-buttons" }, turner,
      button("Hang up", () => attempt(() => api.act(call.sid, "hangup")), { icon: "end", class: "hang-up main" }))];
  }

  /** Keys when the line waits for keys, a field for words when somebody listens; a hand may turn it over. */
  #turnPad(call) {
    if (!live(call) || isRung(call)) return;
    const mode = others(call).length ? "with" : call.doing?.speech ? "speech" : call.doing?.verb === "record" ? "record" : call.doing?.verb ?? "";
    if (mode === this.#mode || mode === "say" || mode === "pause") return;
    this.#mode = mode;
    this.#turn(["with", "speech", "record"].includes(mode));
  }

  #turn(toWords) {
    this.#pad.hidden = toWords;
    this.#speech.hidden = !toWords;
    this.#turned.textContent = toWords ? "Keypad" : "Speak";
  }

  // --- what is said ---------------------------------------------------------------------------------------------

  #write(call) {
    const known = this.#lines.children.length;
    for (const line of (call.transcript ?? []).slice(known)) {
      const speaker = line.kind === "heard" ? others(call)[0] ?? "Other" : SPEAKERS[line.kind] ?? "";
      this.#lines.append(h("p", { class: `line ${line.kind}`, lang: line.language }, speaker ? h("span", { class: "speaker" }, `${speaker}: `) : null, line.kind === "sound" ? line.text.replace(QUEUE, " in line") : line.text));
      if (["said", "heard"].includes(line.kind) && live(call)) say(`${call.sid} ${line.seq}`, line.text, line.language ?? "en");
    }
    if (this.#lines.children.length !== known) this.#lines.scrollTop = this.#lines.scrollHeight;
  }

  #tick() {
    const call = this.#call;
    if (!call || !this.#took || this.element.hidden) return;
    const words = call.status === "in-progress" ? inWords(call) : isRung(call) ? "is calling" : live(call) ? "ringing" : ended(call);
    if (this.#took.textContent !== words) this.#took.textContent = words;
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
    const call = this.#call;
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
    const go = (number) => { this.#drawn = ""; this.element.hidden = true; this.place(number, hidden.checked ? "anonymous" : undefined); };
    const typed = () => { const number = e164(own.value); if (number) go(number); else note("A number has ten digits, such as 309-555-0123."); };
    this.sid = null;
    this.#drawn = "dial";
    this.element.hidden = false;
    replace(this.element,
      h("div", { class: "settings-head" }, h("h3", {}, `${this.phone.first} calls`), button("", () => this.close(), { icon: "close", label: "Do not call", class: "quiet-button" })),
      h("ul", { class: "dial-list" }, known.map((number) => h("li", {}, button([h("span", {}, store.name(number)), h("span", { class: "number" }, shown(number))], () => go(number), { icon: "call", class: "dial-one" })))),
      h("form", { class: "say", onsubmit: (event) => { event.preventDefault(); typed(); } }, own, h("button", { type: "submit", class: "say-button" }, "Call")),
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
