// One phone in somebody's hand: its texts, what waits, what can be answered by a click, its call, its fate.

import { answers, asking, bubble, callLine, dayLine, when } from "./bubbles.js";
import { CallScreen, live } from "./call.js";
import { aside, button, h, replace, shown } from "./dom.js";
import { settings, troubled } from "./fates.js";
import { api } from "./wire.js";
import { attempt, store } from "./store.js";

export const ROLES = {
  person: "asks for help", coordinator: "coordinator", driver: "driver", guide: "guide", officer: "officer",
  manager: "manager", desk: "police desk",
};

/** What a phone that has nothing to show yet says of itself. */
const IDLE = {
  person: "Somebody who wants help. Text whatever they would.", coordinator: "Is asked when somebody wants help.",
  driver: "Is asked when somebody needs a ride.", guide: "Keeps in touch for a year, with whoever agreed.",
  officer: "Texts WALKIN when somebody comes to the desk.", manager: "Is told when nobody answers.", desk: "Can be called.",
};
const OPENINGS = { person: ["I want help"], officer: ["WALKIN"] };

const TOUCH = window.matchMedia("(hover: none)"); // where a field that is focused brings up a keyboard
const NEAR_END = 80; // pixels

export class Phone {
  constructor(number, { remove, changed }) {
    this.number = number;
    this.waiting = new Set();
    this.#changed = changed;
    this.call = new CallScreen(this);
    this.#build(remove);
    this.refresh();
  }

  #changed;
  #drawn = new Map(); // what is shown of each text and call, so that only what changed is drawn again

  #build(remove) {
    const to = () => this.call.dial();
    this.face = h("span", { class: "face", "aria-hidden": "true" });
    this.title = h("h2");
    this.role = h("p", { class: "role" });
    this.badge = h("span", { class: "badge", hidden: true });
    this.gear = button("", () => this.#toggleSettings(), { icon: "more", class: "quiet-button", "aria-expanded": "false" });
    this.dialer = button("", to, { icon: "call", class: "quiet-button" });
    this.talk = h("div", { class: "talk", role: "log", "aria-live": "polite", tabindex: "0" });
    this.trouble = h("p", { class: "trouble", hidden: true });
    this.choices = h("div", { class: "choices" });
    this.words = h("textarea", { rows: "1", maxlength: "1600", placeholder: "Text the line", enterkeyhint: "send",
      onkeydown: (event) => this.#onKey(event), oninput: () => this.#grow() });
    this.send = h("button", { type: "submit", class: "send" });
    this.send.append(button("", null, { icon: "send" }).firstChild);
    const form = h("form", { class: "say", onsubmit: (event) => { event.preventDefault(); this.text(this.words.value); } }, this.words, this.send);
    this.folded = h("div", { class: "settings", hidden: true });
    this.#remove = remove;
    this.element = h("section", { class: "phone", "data-number": this.number, onfocusin: () => this.read(), onclick: () => this.read() },
      h("header", {}, this.face, h("div", { class: "who" }, this.title, this.role), this.badge, this.dialer, this.gear),
      this.trouble, h("div", { class: "screen" }, this.talk, this.choices, form, this.call.element, this.folded));
  }

  #remove;

  get name() {
    return store.name(this.number);
  }

  get first() {
    return this.name.split(" ")[0];
  }

  /** Name, role and fate: whatever the line or the carrier has told anew. */
  refresh() {
    const { name, number } = this;
    const role = store.role(number);
    const member = store.member(number);
    this.element.dataset.role = role;
    this.element.setAttribute("aria-label", `Phone of ${name}, ${ROLES[role] ?? role}`);
    this.face.textContent = name.replace(/[^\p{L}\p{N}]/gu, "").slice(0, 1).toUpperCase() || "?";
    this.title.textContent = name;
    replace(this.role, ROLES[role] ?? role, member && member.on === false ? " · off" : "", h("span", { class: "number" }, ` · ${shown(number)}`));
    this.talk.setAttribute("aria-label", `Texts on the phone of ${name}`);
    this.words.setAttribute("aria-label", `Text from ${name}`);
    for (const [element, label] of [[this.gear, `What happens to the phone of ${name}`], [this.dialer, `Call from the phone of ${name}`], [this.send, `Send from ${name}`]]) {
      element.setAttribute("aria-label", label);
      element.title = label;
    }
    const wrong = troubled(store.phones.get(number));
    this.trouble.hidden = !wrong;
    this.trouble.textContent = wrong;
    this.draw();
  }

  /** Texts and calls in the order they happened. */
  draw() {
    const calls = store.callsOf(this.number);
    const shownOnes = [...store.textsOf(this.number).map((one) => [when(one), one, "text"]),
      ...calls.filter((call) => !live(call)).map((call) => [call.created, call, "call"])];
    shownOnes.sort(([one, a], [other, b]) => isLost(a) - isLost(b) || new Date(one) - new Date(other) || (a.arrival ?? a.seq) - (b.arrival ?? b.seq));
    const atEnd = this.talk.scrollHeight - this.talk.scrollTop - this.talk.clientHeight < NEAR_END;
    const before = this.talk.lastElementChild;
    this.#lay(shownOnes);
    const isOffered = this.#offer(shownOnes.filter(([, , kind]) => kind === "text").map(([, text]) => text));
    if (atEnd && (isOffered || this.talk.lastElementChild !== before)) this.talk.scrollTop = this.talk.scrollHeight;
    this.call.draw(calls);
    this.#count();
  }

  /** Only new or changed nodes are touched: a screen reader is told of nothing twice. */
  #lay(shownOnes) {
    const wanted = [];
    let day = "";
    for (const [at, one, kind] of shownOnes) {
      if (day !== (day = store.day(at))) wanted.push(this.#kept(`day ${day}`, day, () => dayLine(day)));
      const look = kind === "text" ? [one.status, one.heard, one.body, store.zone] : [one.status, one.duration, store.zone];
      const draw = kind === "text" ? () => bubble(one, (number) => this.call.place(number)) : () => callLine(one, (sid) => this.call.open(sid));
      wanted.push(this.#kept(one.sid, JSON.stringify(look), draw));
    }
    if (!wanted.length) wanted.push(this.#kept("empty", store.role(this.number), () => h("p", { class: "empty" }, IDLE[store.role(this.number)] ?? "")));
    wanted.forEach((node, place) => {
      if (this.talk.children[place] !== node) this.talk.insertBefore(node, this.talk.children[place] ?? null);
    });
    while (this.talk.children.length > wanted.length) this.talk.lastElementChild.remove();
  }

  #kept(key, look, draw) {
    const known = this.#drawn.get(key);
    if (known?.look === look) return known.node;
    const node = draw();
    if (known?.node.isConnected) known.node.replaceWith(node);
    this.#drawn.set(key, { look, node });
    return node;
  }

  #offer(texts) {
    const own = texts.findLastIndex((text) => text.by === "phone");
    const since = texts.slice(own + 1).filter((text) => text.arrived && text.by === "line");
    const last = asking(since);
    const openings = texts.length ? [] : (OPENINGS[store.role(this.number)] ?? []).map((words) => ({ label: words, answer: words }));
    const found = last ? answers(last.body) : openings;
    const look = JSON.stringify(found);
    if (look === this.choices.dataset.look) return false;
    this.choices.dataset.look = look;
    if (this.choices.contains(document.activeElement)) (TOUCH.matches ? this.talk : this.words).focus({ preventScroll: true });
    replace(this.choices, found.map(({ label, answer }) => button(label, () => this.text(answer), { class: "choice", title: `Text: ${answer}` })));
    return true;
  }

  // --- what waits -----------------------------------------------------------------------------------------------

  /** Texts and rings that came while nobody looked. */
  arrived(texts) {
    for (const text of texts) {
      if (text.by === "phone") this.waiting.clear();
      else if (text.arrived && !this.#isLookedAt) this.waiting.add(text.sid);
    }
    this.#count();
  }

  get #isLookedAt() {
    return !document.hidden && this.element.contains(document.activeElement);
  }

  read() {
    if (!this.waiting.size) return;
    this.waiting.clear();
    this.#count();
  }

  #count() {
    const n = this.waiting.size;
    this.badge.hidden = !n;
    replace(this.badge, String(n), aside(n === 1 ? " text waits" : " texts wait"));
    this.element.classList.toggle("waits", n > 0);
    this.#changed(this);
  }

  // --- what its holder does -------------------------------------------------------------------------------------

  async text(body) {
    const said = body.trim();
    if (!said) return;
    this.words.value = "";
    this.#grow();
    this.talk.scrollTop = this.talk.scrollHeight;
    if (!await attempt(() => api.text(this.number, said, this.lineOf()))) this.words.value = said;
  }

  /** The number of the line that this phone knows. */
  lineOf() {
    const last = store.textsOf(this.number).at(-1);
    return last ? (last.by === "phone" ? last.to : last.from) : store.line;
  }

  #onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.text(this.words.value);
  }

  #grow() {
    this.words.style.height = "auto";
    this.words.style.height = `${Math.min(this.words.scrollHeight, 120)}px`;
  }

  #toggleSettings(open = this.folded.hidden) {
    this.folded.hidden = !open;
    this.gear.setAttribute("aria-expanded", String(open));
    if (open) {
      replace(this.folded, settings(this, () => this.#toggleSettings(false), () => this.#remove(this)));
      this.folded.querySelector("button, select, input")?.focus();
    } else {
      this.gear.focus();
    }
  }
}

const isLost = (one) => Number(one.by === "line" && !one.arrived && ["accepted", "queued", "sent"].includes(one.status));
