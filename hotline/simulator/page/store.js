// What this page knows: phones, texts, calls, time, and what the line says it is doing. Views listen for its changes.

import { api, listen } from "./wire.js";

export const PERSON = "+13095550150"; // a number that belongs to nobody
const REFRESH_S = 2;
const SOON_MS = 120;

class Store extends EventTarget {
  phones = new Map();
  texts = new Map();
  calls = new Map();
  troubles = [];
  numbers = [];
  plays = { plays: [], playing: null };
  state = null;
  why = ""; // why there is no state
  flows = {};
  ways = new Map(); // the states each run was seen in, oldest first
  isThere = true;
  #ahead = 0;
  #asked = 0;
  #asking = false;

  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }

  on(what, does) {
    this.addEventListener(what, (event) => does(event.detail));
  }

  // --- who is who -----------------------------------------------------------------------------------------------

  get team() {
    return this.state?.team ?? [];
  }

  get line() {
    return this.state?.program?.numbers?.[0] ?? this.numbers[0] ?? "";
  }

  member(number) {
    return this.team.find((one) => one.phone === number);
  }

  name(number) {
    const member = this.member(number);
    if (member) return member.name;
    if (this.isLine(number)) return this.state?.program?.name ?? "The line";
    if (number && number === this.state?.program?.desk) return "Police desk";
    return this.phones.get(number)?.name || (number === PERSON ? "Ana" : showNumber(number));
  }

  isLine(number) {
    return this.numbers.includes(number) || (this.state?.program?.numbers ?? []).includes(number);
  }

  role(number) {
    return this.member(number)?.roles?.[0] ?? (number === this.state?.program?.desk ? "desk" : "person");
  }

  /** What the line tells, with the name of whoever it is about. */
  named(words, code) {
    const phone = (this.state?.cases ?? []).find((one) => one.code === code)?.phone;
    return phone ? words.replace(/\b[Tt]he participant\b/g, this.name(phone)) : words;
  }

  textsOf(number) {
    return [...this.texts.values()].filter((text) => text.phone === number);
  }

  callsOf(number) {
    return [...this.calls.values()].filter((call) => call.phone === number);
  }

  // --- time -----------------------------------------------------------------------------------------------------

  /** Now on the line's clock. */
  get now() {
    return new Date(Date.now() + this.#ahead);
  }

  get zone() {
    return this.state?.program?.timezone ?? undefined;
  }

  clock(when, how) {
    return new Intl.DateTimeFormat("en-US", { timeZone: this.zone, ...how }).format(new Date(when));
  }

  hour(when) {
    return this.clock(when, { hour: "numeric", minute: "2-digit" });
  }

  day(when) {
    return this.clock(when, { weekday: "long", month: "short", day: "numeric" });
  }

  #follow(now) {
    this.#ahead = new Date(now) - Date.now();
    this.tell("time");
  }

  // --- what is heard --------------------------------------------------------------------------------------------

  async start() {
    this.numbers = (await api.numbers()).numbers.map((one) => one.number);
    await this.refresh();
    api.flows().then((told) => { this.flows = told.flows ?? {}; this.tell("state"); }, () => {});
    await new Promise((heard) => {
      // Of what a page is told first, the plays come last.
      listen((name, data) => { this.#hear(name, data); if (name === "plays") heard(); }, (isThere) => { this.isThere = isThere; this.tell("there"); });
      setTimeout(heard, 3000);
    });
    setInterval(() => document.hidden || this.refresh(), REFRESH_S * 1000);
  }

  #hear(name, data) {
    if (name === "reset") return this.#forget();
    if (name === "time") return this.#follow(data.now);
    if (name === "troubles") this.troubles = [...this.troubles, ...data].slice(-50);
    else if (name === "plays") this.plays = data;
    else for (const one of data) this[name].set(one.number ?? one.sid, one);
    this.tell(name, data);
    if (name === "texts" || name === "calls") this.refreshSoon();
    return undefined;
  }

  #forget() {
    for (const known of [this.phones, this.texts, this.calls, this.ways]) known.clear();
    this.troubles = [];
    this.tell("reset");
  }

  refreshSoon() {
    clearTimeout(this.#asked);
    this.#asked = setTimeout(() => this.refresh(), SOON_MS);
  }

  /** Ask the line what it is doing; where it does not say, the carrier at least knows the time. */
  async refresh() {
    if (this.#asking) return;
    this.#asking = true;
    try {
      this.state = await api.state();
      this.why = "";
      this.#remember();
      this.#follow(this.state.now);
    } catch (fault) {
      this.why = fault.message;
      const told = await api.time().catch(() => null);
      if (told) this.#follow(told.now);
      if (this.state) this.state = { ...this.state, cases: [], next: null, coming: [] };
    } finally {
      this.#asking = false;
    }
    this.tell("state");
  }

  #remember() {
    for (const run of (this.state.cases ?? []).flatMap((one) => one.runs ?? [])) {
      const way = run.way ?? this.ways.get(run.id) ?? [];
      if (way.at(-1) !== run.state) way.push(run.state);
      this.ways.set(run.id, way);
    }
  }

  async forward(length) {
    this.tell("moving", true);
    try {
      const told = await api.forward(length);
      this.#follow(told.now);
    } finally {
      this.tell("moving", false);
      this.refresh();
    }
  }
}

function showNumber(number) {
  return number ? `…${number.slice(-4)}` : "somebody";
}

export const store = new Store();

const notes = () => document.getElementById("notes");

/** One sentence at the edge of the page, for some seconds. */
export function note(words) {
  const line = document.createElement("p");
  line.textContent = words;
  notes().append(line);
  setTimeout(() => line.remove(), 6000);
}

/** Do it; if it cannot be done, say why. */
export async function attempt(doing) {
  try {
    return await doing();
  } catch (fault) {
    note(fault.message);
    return null;
  }
}
