// A flow as a picture. Beside the phones: the way one run has come, where it is, and where it can go from there, as the
// map of a metro line. In a dialog: the whole table, in layers from its first state down.

import { capital, h, plain, s } from "./dom.js";

const ROW = 24;
const FORK = 37; // of a branch: where it leads, and below it in small letters when
const TRUNK = 14;
const BRANCH = 38;
const MOST = 6; // branches; the rest are in the whole flow

/** The way through a flow: past states, the present one lit, and each way out of it. */
export function wayPicture(flow, run, way, width) {
  const past = way.slice(0, -1).slice(-3);
  const exits = waysOut(flow, run.state);
  const parts = [];
  const mid = (place) => place * ROW + ROW / 2;
  past.forEach((name, place) => {
    parts.push(s("circle", { class: "stop past", cx: TRUNK, cy: mid(place), r: 5 }), label(TRUNK + 18, mid(place), plain(name), "past"));
  });
  const top = mid(past.length) + 4;
  const lit = Math.min(width - 2, TRUNK + 34 + textWidth(plain(run.state), 8.2));
  parts.push(s("rect", { class: "lit-box", x: 0, y: top - 15, width: lit, height: 30, rx: 15 }),
    s("circle", { class: "stop lit", cx: TRUNK, cy: top, r: 6 }), label(TRUNK + 18, top, plain(run.state), "lit"));
  exits.slice(0, MOST).forEach(([to, when], place) => {
    const y = top + 36 + place * FORK;
    parts.unshift(s("path", { class: "branch", d: `M${TRUNK} ${top}V${y - 10}q0 10 10 10H${BRANCH - 10}` }));
    parts.push(s("circle", { class: "stop ahead", cx: BRANCH - 6, cy: y, r: 4 }), label(BRANCH + 6, y, plain(to), "to"),
      s("text", { x: BRANCH + 6, y: y + 17, class: "on" }, s("title", {}, when), cut(when, 44)));
  });
  if (past.length) parts.unshift(s("path", { class: "trunk", d: `M${TRUNK} ${mid(0)}V${top}` }));
  const height = top + 24 + Math.min(exits.length, MOST) * FORK;
  const said = `${capital(plain(run.flow))}: ${past.length ? `came by ${past.map(plain).join(", ")}; ` : ""}now at ${plain(run.state)}` +
    (exits.length ? `; from here ${exits.map(([to, when]) => `${when} leads to ${plain(to)}`).join("; ")}.` : ".");
  return s("svg", { class: "way", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": said }, parts);
}

/** Where a state leads and when, people's answers and silence before what other runs tell. */
function waysOut(flow, name) {
  const found = new Map();
  for (const { from, to, on } of flow.arrows) {
    if (from === name && to !== name) found.set(to, [...(found.get(to) ?? []), short(on) || "at once"]);
  }
  const isInner = (when) => when.every((one) => /^(told|unreachable)/.test(one));
  return [...found].sort(([, one], [, other]) => isInner(one) - isInner(other)).map(([to, when]) => [to, when.join(", or ")]);
}

const short = (on) => plain(on).replace("no text reaches the", "unreachable:").replace("not understood", "unclear").replace("any words of the", "words of the");

const label = (x, y, words, look) => s("text", { x, y: y + 4, class: look }, words);

const textWidth = (words, each = 6.6) => words.length * each;

// --- the whole flow -------------------------------------------------------------------------------------------------

const LINE = 44; // pixels of one state's line; the style sheet has the same
const SHELF = 128; // pixels the arrows have beside them

/** Every state of a flow, a line each, joined by its arrows: down in full, back up broken. */
export function wholePicture(flow, lit, way = []) {
  const order = ordered(flow);
  const at = new Map(order.map((name, place) => [name, place * LINE + LINE / 2]));
  const walked = new Set(way.map((name, n) => `${name} ${way[n + 1] ?? lit}`));
  const arcs = flow.arrows.filter(({ from, to }) => from !== to && at.has(to)).map(({ from, to }) => {
    const [y, there] = [at.get(from), at.get(to)];
    const out = SHELF - 14 - Math.min(SHELF - 26, 14 + Math.abs(there - y) / 5);
    const look = walked.has(`${from} ${to}`) ? "walked" : from === lit ? "ahead" : there < y ? "back" : "";
    return [look, s("path", { class: `arc ${look}`, d: `M${SHELF - 12} ${y}C${out} ${y} ${out} ${there} ${SHELF - 12} ${there}` })];
  });
  arcs.sort(([one], [other]) => (one === "walked") - (other === "walked"));
  const looks = new Map(flow.states.map((state) => [state.name, state.name === lit ? "lit" : way.includes(state.name) ? "past" : state.kind]));
  const stops = order.map((name) => s("circle", { class: `stop ${looks.get(name)}`, cx: SHELF - 12, cy: at.get(name), r: name === lit ? 7 : 5 }));
  const height = order.length * LINE;
  return h("div", { class: "whole" },
    s("svg", { viewBox: `0 0 ${SHELF} ${height}`, width: SHELF, height, "aria-hidden": "true" }, arcs.map(([, arc]) => arc), stops),
    h("ol", {}, order.map((name) => stateLine(flow, flow.states.find((state) => state.name === name), looks.get(name)))),
    flow.anywhere?.length ? h("p", { class: "hint" }, "Wherever it waits: ", exitWords(waysOut({ arrows: flow.anywhere.map((one) => ({ ...one, from: "" })) }, ""))) : null);
}

function stateLine(flow, state, look) {
  const exits = exitWords(waysOut(flow, state.name));
  return h("li", { class: look, "aria-current": look === "lit" ? "step" : null }, h("b", {}, plain(state.name)), state.words ? h("q", {}, state.words) : null,
    h("span", { class: "exits", title: exits }, exits || (state.kind === "ends" ? "the end" : "")));
}

const exitWords = (exits) => exits.map(([to, when]) => `${when} → ${plain(to)}`).join("   ·   ");

const cut = (words, most) => (words.length > most ? `${words.slice(0, most - 1)}…` : words);

/** From the first state on, each before those it leads to, as far as arrows back allow. */
function ordered(flow) {
  const done = new Set();
  const found = [];
  const visit = (name, branch) => {
    done.add(name);
    for (const { from, to } of [...flow.arrows].reverse()) if (from === name && !done.has(to)) visit(to, branch);
    branch.unshift(name);
  };
  for (const { name } of flow.states) {
    const branch = [];
    if (!done.has(name)) visit(name, branch);
    found.push(...branch);
  }
  return found;
}
