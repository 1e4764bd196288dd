// The bar above everything: whose line this is, what time it is there, what happens next, and what can be played.

import { button, capital, h, length, plain, replace, shown, spoken } from "./dom.js";
import { carrierDialog } from "./fates.js";
import { isWanted, want } from "./voice.js";
import { api } from "./wire.js";
import { attempt, note, store } from "./store.js";

const STEPS = [["1m", "1 min", "1 minute"], ["10m", "10 min", "10 minutes"], ["1h", "1 h", "1 hour"], ["1d", "1 day", "1 day"]];
const PLAYS = { night: ["Play a night", "moon", "Night"], emergency: ["Play an emergency", "siren", "Emergency"], calls: ["Play two calls", "call", "Calls"] };
const EDGE_S = 1; // past the deadline, so that it is met

export const leftUntil = (next) => (new Date(next.at) - store.now) / 1000;

export function bar(element, { more }) {
  const title = h("h1");
  const under = h("p", { class: "under" });
  const clock = h("time", { class: "clock" });
  const day = h("span", { class: "day-of" });
  const steps = STEPS.map(([far, words, long]) => button(`+${words}`, () => move(far), { class: "step", label: `Forward ${long}`, "data-short": `+${far}` }));
  const next = button("", () => { const ahead = store.state?.next; if (ahead) move(`${Math.max(1, Math.ceil(leftUntil(ahead)) + EDGE_S)}s`); }, { icon: "next", class: "next" });
  const nextWords = h("span", { class: "next-words" });
  next.append(nextWords);
  const plays = h("div", { class: "plays" });
  const voices = button("", () => { want(!isWanted()); drawVoice(); }, { icon: "quiet", class: "quiet-button", "aria-pressed": "false" });
  const adder = button("", more, { icon: "add", label: "More phones", class: "quiet-button" });
  const carrier = button("", carrierDialog, { icon: "tower", label: "The telephone company", class: "quiet-button" });
  replace(element, h("div", { class: "whose" }, title, under),
    h("div", { class: "time", role: "group", "aria-label": "Time on the line's clock" }, h("p", { class: "now" }, clock, day), h("div", { class: "steps" }, steps), next),
    plays, h("div", { class: "tools" }, adder, voices, carrier));

  function drawVoice() {
    const label = isWanted() ? "Calls are spoken aloud: silence them" : "Speak calls aloud";
    voices.replaceChildren(button("", null, { icon: isWanted() ? "voice" : "quiet" }).firstChild);
    voices.setAttribute("aria-pressed", String(isWanted()));
    voices.setAttribute("aria-label", label);
    voices.title = label;
  }

  function move(far) {
    return attempt(() => store.forward(far));
  }

  function tick() {
    clock.textContent = store.clock(store.now, { hour: "numeric", minute: "2-digit", second: "2-digit" });
    day.textContent = store.clock(store.now, { weekday: "short", month: "short", day: "numeric" });
    const ahead = store.state?.next;
    next.disabled = !ahead;
    if (!ahead) {
      nextWords.textContent = store.why ? "The line does not say what is next" : "Nothing is due";
      next.removeAttribute("aria-label");
      return;
    }
    const left = leftUntil(ahead);
    const what = store.named(ahead.what, ahead.code);
    const when = left > 1 ? `In ${length(left)}` : "Now";
    replace(nextWords, h("b", {}, when), h("span", {}, capital(what)));
    next.setAttribute("aria-label", `Go to what happens next: ${what}, in ${spoken(left)}`);
    next.title = `Go there: ${what}`;
  }

  function drawWhose() {
    const program = store.state?.program;
    title.textContent = program?.name ?? "Everybody's phone";
    under.textContent = [program?.town, shown(store.line)].filter(Boolean).join(" · ");
    document.title = `${program?.name ?? "The line"}: everybody's phone`;
  }

  function drawPlays() {
    replace(plays, store.plays.playing ? [] : store.plays.plays.map(({ name, title: words }) =>
      playButton(name, ...(PLAYS[name] ?? [`Play: ${words}`, "play"]))));
  }

  function playButton(name, words, picture, brief = words) {
    return button(words, () => attempt(() => api.play(name)), { icon: picture, label: words, class: "play", "data-short": brief });
  }

  store.on("moving", (moving) => element.classList.toggle("moving", moving));
  store.on("state", () => { drawWhose(); tick(); });
  store.on("time", tick);
  store.on("plays", drawPlays);
  setInterval(tick, 500);
  drawVoice();
  drawWhose();
  drawPlays();
  tick();
}

/** One sentence and one button for who has just come; later what is being played, with its brake. */
export function strip(element, { begin }) {
  let look = "";
  let hadText = false;
  function draw() {
    hadText ||= store.texts.size > 0 || store.calls.size > 0;
    const { playing } = store.plays;
    const wanted = playing ? JSON.stringify(playing) : hadText ? store.isThere ? "" : "gone" : "first";
    if (wanted === look) return;
    look = wanted;
    element.className = playing ? "strip playing" : "strip";
    element.hidden = !wanted;
    if (playing) replace(element, played(playing));
    else if (wanted === "gone") replace(element, h("p", {}, "The simulator does not answer. This page goes on as soon as it does."));
    else if (wanted === "first") replace(element, h("p", {}, "You hold everybody's phone. Ask for help as Ana, then watch who is asked to come."),
      button("Text: I want help", begin, { class: "begin" }));
  }
  store.on("plays", () => { draw(); tellEnd(); });
  store.on("texts", draw);
  store.on("reset", () => { hadText = false; draw(); });
  store.on("there", draw);
  draw();
}

function played(playing) {
  const act = (what) => () => attempt(() => api.plays(what));
  return [
    h("p", { "aria-live": "polite" }, h("b", {}, `${capital(plain(playing.name))}${playing.paused ? ", paused" : ""}: `), playing.scene || "The curtain rises."),
    playing.paused ? button("Go on", act("go"), { icon: "play" }) : button("Pause", act("pause"), { icon: "pause" }),
    button("Take over", act("stop"), { class: "begin" }),
  ];
}

let lastEnd = null;

function tellEnd() {
  const { last, playing } = store.plays;
  if (playing || !last || last.ended === lastEnd) return;
  if (lastEnd !== null || Date.now() - new Date(last.ended) < 5000) note(last.ok ? `The ${plain(last.name)} is over. Every phone is yours.` : `The ${plain(last.name)} ended early: ${last.said}`);
  lastEnd = last.ended;
}
