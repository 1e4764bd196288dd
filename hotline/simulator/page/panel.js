// Beside the phones: what the line is doing, for the case one looks at. The line tells times and states, never words.

import { leftUntil } from "./bar.js";
import { isRung, live, others } from "./call.js";
import { button, capital, h, length, plain, replace } from "./dom.js";
import { wayPicture, wholePicture } from "./flow.js";
import { store } from "./store.js";

const RUNGS = { asked: "is asked", passed: "passed", silent: "did not answer", taken: "takes it", undelivered: "not reached", covered: "told it is covered" };
const LEGS = ["asked", "covered", "on the way", "here", "in the car", "arrived"];
const MOST_HISTORY = 8;

export function panel(element, { look }) {
  let code = null; // the case chosen by hand
  let run = null; // the run chosen by hand
  let drawn = "";
  const body = h("div", { class: "panel-body" });
  replace(element, h("h2", {}, "What the line is doing"), body);

  function draw() {
    const { state } = store;
    const cases = state?.cases ?? [];
    const told = JSON.stringify([state && { ...state, now: 0, next: 0, coming: (state.coming ?? []).map((one) => one.what), cases: cases.map(stable) }, store.why, code, run, Object.keys(store.flows).length, [...store.ways], [...store.calls.values()].filter(live).map((one) => [one.sid, one.status, one.with])]);
    if (told === drawn) return tick();
    drawn = told;
    const focus = document.activeElement?.dataset?.key;
    const scroll = element.scrollTop;
    replace(body, cases.length ? oneCase(cases) : nothing());
    if (focus) body.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
    element.scrollTop = scroll;
    return tick();
  }

  function nothing() {
    if (store.why) return [h("p", { class: "hint" }, `The line does not tell: ${store.why}.`.replace("..", "."))];
    return [h("p", { class: "hint" }, "Nobody has asked for help yet. As soon as somebody does, their way through the line is drawn here: who is asked, how long they have, and what happens if they say nothing."), onThePhone(), coming()];
  }

  function oneCase(cases) {
    const shownCase = cases.find((one) => one.code === code) ?? cases[0];
    const runs = shownCase.runs ?? [];
    const current = runs.find((one) => one.id === run) ?? soonest(runs);
    const picks = cases.length > 1 ? h("div", { class: "cases", role: "group", "aria-label": "Cases" }, cases.slice(0, 12).map((one) =>
      button(one.code ?? "…", () => { code = one.code; run = null; draw(); }, { class: `pick${one.state === "closed" ? " is-closed" : ""}`, "aria-pressed": String(one === shownCase), "data-key": `case ${one.code}` }))) : null;
    const pages = shownCase.pages ?? [];
    return [onThePhone(), picks, head(shownCase, look), ...pages.filter((one) => !one.covered_by).map(page), runs.length ? way(shownCase.code, runs, current, (id) => { run = id; draw(); }) : null,
      ...pages.filter((one) => one.covered_by).map(page), ...(shownCase.rides ?? []).map(ride), checkins(shownCase.checkins ?? []),
      coming(), history(shownCase.history ?? [])];
  }

  /** Only the countdowns, each second. */
  function tick() {
    for (const one of element.querySelectorAll("[data-until]")) {
      const left = (new Date(one.dataset.until) - store.now) / 1000;
      one.textContent = left > 0 ? length(left) : "now";
    }
    for (const one of element.querySelectorAll("progress[data-from]")) {
      const from = new Date(one.dataset.from);
      one.value = Math.min(1, Math.max(0, (store.now - from) / (new Date(one.dataset.to) - from)));
    }
  }

  for (const what of ["state", "reset", "calls"]) store.on(what, draw);
  setInterval(tick, 1000);
  draw();
}

const stable = (one) => ({ ...one, runs: (one.runs ?? []).map((each) => ({ ...each, in_s: 0 })) });

/** Where something happens next, rather with somebody of the team in it; of runs that wait for nothing, the last to move. */
const soonest = (runs) => [...runs].sort((one, other) => !one.due - !other.due || hasNobody(one) - hasNobody(other) || new Date(one.due ?? other.since) - new Date(other.due ?? one.since))[0];

const hasNobody = (run) => !Object.keys(run.parties ?? {}).length;

const until = (at) => (at ? h("span", { class: "until", "data-until": at }) : null);

function head(one, look) {
  const facts = [one.state === "closed" ? `closed${one.outcome ? `: ${plain(one.outcome)}` : ""}` : one.coordinator ? `with ${one.coordinator}` : "nobody has it yet", one.frozen ? "frozen: danger" : "", one.level && one.level !== "none" ? `level ${plain(one.level)}` : ""];
  return h("div", { class: `case-head${one.frozen ? " danger" : ""}` }, h("h3", {}, store.name(one.phone), one.code ? h("span", { class: "code" }, one.code) : null),
    h("p", {}, facts.filter(Boolean).join(" · ")),
    button("Phone", () => look(one.phone), { class: "plain-button", label: `Look at the phone of ${store.name(one.phone)}` }));
}

/** The runs of a case, and the picture of one of them. */
function way(code, runs, current, choose) {
  const flow = store.flows[current.flow];
  const seen = store.ways.get(current.id) ?? [current.state];
  const tabs = runs.map((one) => button(runName(one), () => choose(one.id), { class: `run${one.urgent ? " urgent" : ""}`, "aria-pressed": String(one === current), "data-key": `run ${one.id}` }));
  const open = () => whole(current, flow, seen);
  return h("section", { class: "part", "aria-label": "The way through its flow" }, runs.length > 1 ? h("div", { class: "runs", role: "group", "aria-label": "What goes on in this case" }, tabs) : null,
    h("p", { class: "does" }, h("b", {}, runName(current)), until(current.due), h("span", {}, store.named(current.does ?? "", code))),
    flow ? wayPicture(flow, current, seen, 300) : null,
    flow ? button("The whole flow", open, { class: "plain-button" }) : null);
}

function runName(run) {
  const parties = Object.entries(run.parties ?? {}).filter(([role]) => role !== "participant").map(([, name]) => name);
  return capital(plain(run.flow)) + (parties.length ? `: ${parties[0].split(" ")[0]}` : "");
}

function whole(run, flow, seen) {
  const picture = wholePicture(flow, run.state, seen);
  const dialog = h("dialog", { class: "dialog wide", "aria-labelledby": "flow-title", onclose: () => dialog.remove() },
    h("div", { class: "settings-head" }, h("h2", { id: "flow-title" }, `${capital(plain(run.flow))}, all of it`), button("", () => dialog.close(), { icon: "close", label: "Close", class: "quiet-button" })),
    h("div", { class: "whole-frame", tabindex: "0", role: "region", "aria-label": "Every state of the flow" }, picture));
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("li.lit")?.scrollIntoView({ block: "center" });
}

function page(one) {
  const title = `${one.urgent ? "Urgent page" : "Page"}: a ${plain(one.role)} is wanted`;
  const rungs = (one.rungs ?? []).map((rung) => h("li", { class: `rung ${rung.state}` }, h("span", { class: "name" }, rung.member), h("span", { class: "how" }, RUNGS[rung.state] ?? plain(rung.state)),
    rung.state === "asked" && rung.until ? [until(rung.until), h("progress", { "data-from": rung.asked_at, "data-to": rung.until, max: "1", "aria-label": `Time ${rung.member} has to answer` })] : null));
  const end = one.covered_by ? `Covered by ${one.covered_by}` : one.alarm_at && new Date(one.alarm_at) > store.now ? ["Managers are rung in ", until(one.alarm_at)] : one.state === "asking" ? "" : capital(plain(one.state));
  return h("section", { class: `part page${one.urgent ? " urgent" : ""}` }, h("h4", {}, title), h("ol", { class: "rungs" }, rungs), end ? h("p", { class: "hint" }, end) : null);
}

function ride(one) {
  const done = new Map((one.legs ?? []).map((leg) => [leg.name, leg.at]));
  return h("section", { class: "part" }, h("h4", {}, `Ride ${one.code}${one.driver ? ` with ${one.driver}` : ""}`),
    h("ol", { class: "legs" }, LEGS.map((name) => h("li", { class: done.get(name) ? "done" : "" }, h("span", {}, name), done.get(name) ? h("time", {}, store.hour(done.get(name))) : null))),
    one.due ? h("p", { class: "hint" }, "Asked after in ", until(one.due)) : null);
}

function checkins(list) {
  if (!list.length) return null;
  const next = list.filter((one) => !one.answered_at).slice(0, 4);
  const past = list.filter((one) => one.answered_at).slice(-2);
  return h("section", { class: "part" }, h("h4", {}, "Check-ins"), h("ul", { class: "plain-list" }, [...past, ...next].map((one) =>
    h("li", {}, h("span", {}, `Day ${one.day}`), h("span", { class: "how" }, `${plain(one.state ?? "")}${one.grade ? `, ${plain(one.grade)}` : ""}`), one.due && !one.answered_at ? h("span", { class: "when" }, `${store.day(one.due)}, ${store.hour(one.due)}`) : null))));
}

/** Who is on the phone with whom: the carrier knows. */
function onThePhone() {
  const told = new Set([...store.calls.values()].filter(live).map((call) => {
    const beside = others(call);
    return beside.length ? [store.name(call.phone), ...beside].sort().join(" ↔ ") : `${store.name(call.phone)}: ${isRung(call) ? "phone rings" : call.status === "in-progress" ? "on with the line" : "calling"}`;
  }));
  return told.size ? h("section", { class: "on-phone" }, h("h4", {}, "On the phone"), h("ul", { class: "plain-list" }, [...told].map((words) => h("li", {}, words)))) : null;
}

function coming() {
  const list = (store.state?.coming ?? []).slice(0, 4);
  if (!list.length) return null;
  return h("section", { class: "part" }, h("h4", {}, "Coming up"), h("ul", { class: "plain-list" }, list.map((one) => h("li", {}, h("span", {}, capital(store.named(one.what, one.code))), leftUntil(one) > 0 ? until(one.at) : null))));
}

function history(list) {
  if (!list.length) return null;
  const newestFirst = [...list].reverse().slice(0, MOST_HISTORY);
  return h("section", { class: "part" }, h("h4", {}, "What happened, and why"), h("ol", { class: "history" }, newestFirst.map((one) =>
    h("li", {}, h("time", {}, store.hour(one.at)), h("span", {}, one.who ? `${one.who} ${one.what}` : capital(one.what))))));
}
