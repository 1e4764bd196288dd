// A flow as a picture. Beside the phones: the way one run has come, where it is, and where it can go from there, as the
// map of a metro line. In a dialog: the whole table, in layers from its first state down.

import { capital, h, plain, s } from "./dom.js";

const ROW = 24;
const FORK = 40; // of a branch: where it leads, and below it in small letters when
const TRUNK = 14;
const BRANCH = 38;
const MOST = 6; // branches; the rest are in the whole flow

/** The way through a flow: past states, the present one lit, and each way out of it. */
export function wayPicture(flow, run, way, width) {
  const past = way.slice(0, -1).slice(-3);
  const exits = waysOut(flow, run.state);
  const here = flow.states.find((state) => state.name === run.state);
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
      s("text", { x: BRANCH + 6, y: y + 18, class: "on" }, s("title", {}, when), cut(when, 44)));
  });
  if (past.length) parts.unshift(s("path", { class: "trunk", d: `M${TRUNK} ${mid(0)}V${top}` }));
  const height = top + 24 + Math.min(exits.length, MOST) * FORK;
  const said = `${capital(plain(run.flow))}: ${past.length ? `came by ${past.map(plain).join(", ")}; ` : ""}now at ${plain(run.state)}` +
    (exits.length ? `; from here ${exits.map(([to, when]) => `${when} leads to ${plain(to)}`).join("; ")}.` : ".");
  return h("figure", { class: "way" }, s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": said }, parts),
    here?.words ? h("figcaption", {}, `“${here.words}”`) : null);
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

const LAYER = 74;
const BOX = 30;
const GAP = 18;

/** Every state and arrow of a flow. `lit` is the present state, `way` the states seen before it. */
export function wholePicture(flow, lit, way = []) {
  const layers = laid(flow);
  const place = new Map();
  const width = Math.max(...layers.map((layer) => layer.reduce((sum, node) => sum + node.width + GAP, GAP)));
  layers.forEach((layer, depth) => {
    let x = (width - layer.reduce((sum, node) => sum + node.width + GAP, -GAP)) / 2;
    for (const node of layer) {
      place.set(node.name, { x: x + node.width / 2, y: depth * LAYER + BOX, width: node.width });
      x += node.width + GAP;
    }
  });
  const parts = [];
  for (const chain of layers.chains) {
    const points = chain.names.map((name) => place.get(name));
    parts.push(s("path", { class: `arrow${chain.isBack ? " back" : ""}${chain.isTaken(lit, way) ? " taken" : ""}`, d: curve(points, chain.isBack), "marker-end": "url(#head)" },
      s("title", {}, `${plain(chain.from)} → ${plain(chain.to)}: ${chain.on.join("; ")}`)));
    const [a, b] = points;
    if (!chain.isBack && chain.on[0]) parts.push(s("text", { class: "on", x: (a.x * 2 + b.x) / 3, y: (a.y * 2 + b.y) / 3 + 12, "text-anchor": "middle" }, cut(chain.on.map(short).join(" / "), 24)));
  }
  for (const state of flow.states) {
    const { x, y, width: wide } = place.get(state.name);
    const look = state.name === lit ? "lit" : way.includes(state.name) ? "past" : state.kind;
    parts.push(s("g", { class: `node ${look}` }, s("title", {}, state.words ?? state.says ?? plain(state.name)),
      s("rect", { x: x - wide / 2, y: y - BOX / 2, width: wide, height: BOX, rx: state.kind === "passes" ? 6 : 15 }),
      s("text", { x, y: y + 4, "text-anchor": "middle" }, plain(state.name))));
  }
  const head = s("marker", { id: "head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, s("path", { class: "head", d: "M0 0 8 4 0 8z" }));
  const height = layers.length * LAYER + BOX;
  return s("svg", { class: "whole", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `The whole flow, ${flow.states.length} states${lit ? `, now at ${plain(lit)}` : ""}` }, s("defs", {}, head), parts);
}

const cut = (words, most) => (words.length > most ? `${words.slice(0, most - 1)}…` : words);

function curve(points, isBack) {
  if (isBack) {
    const [a, b] = points;
    const side = Math.max(a.x + a.width / 2, b.x + b.width / 2) + 26;
    return `M${a.x + a.width / 2} ${a.y}C${side} ${a.y} ${side} ${b.y} ${b.x + b.width / 2 + 2} ${b.y}`;
  }
  let path = `M${points[0].x} ${points[0].y + BOX / 2}`;
  points.slice(1).forEach((b, n) => {
    const a = points[n];
    const from = a.y + (n ? 0 : BOX / 2);
    const to = b.y - (n + 2 === points.length ? BOX / 2 + 2 : 0);
    path += `C${a.x} ${(from + to) / 2} ${b.x} ${(from + to) / 2} ${b.x} ${to}`;
  });
  return path;
}

/** States in layers by their longest way from the start, arrows back set apart, long arrows given room in between. */
function laid(flow) {
  const names = flow.states.map((state) => state.name);
  const out = new Map(names.map((name) => [name, new Map()]));
  for (const { from, to, on } of flow.arrows) {
    if (from === to || !out.has(from) || !out.has(to)) continue;
    out.get(from).set(to, [...(out.get(from).get(to) ?? []), on].filter(Boolean));
  }
  const back = new Set();
  const done = new Set();
  const path = new Set();
  const order = [];
  const visit = (name) => {
    path.add(name);
    for (const to of out.get(name).keys()) {
      if (path.has(to)) back.add(`${name} ${to}`);
      else if (!done.has(to)) visit(to);
    }
    path.delete(name);
    done.add(name);
    order.unshift(name);
  };
  for (const name of names) if (!done.has(name)) visit(name);
  const depth = new Map(names.map((name) => [name, 0]));
  for (const name of order) for (const to of out.get(name).keys()) if (!back.has(`${name} ${to}`)) depth.set(to, Math.max(depth.get(to), depth.get(name) + 1));
  const layers = Array.from({ length: Math.max(...depth.values()) + 1 }, () => []);
  for (const name of order) layers[depth.get(name)].push({ name, width: textWidth(plain(name), 7.2) + 26 });
  layers.chains = [];
  const neighbours = new Map();
  const join = (one, other) => { neighbours.set(one, [...(neighbours.get(one) ?? []), other]); neighbours.set(other, [...(neighbours.get(other) ?? []), one]); };
  for (const [from, targets] of out) {
    for (const [to, on] of targets) {
      const isBack = back.has(`${from} ${to}`);
      const chain = [from];
      for (let level = depth.get(from) + 1; !isBack && level < depth.get(to); level += 1) {
        const name = `${from} ${to} ${level}`;
        layers[level].push({ name, width: 6 });
        chain.push(name);
      }
      chain.push(to);
      if (!isBack) chain.slice(1).forEach((name, n) => join(chain[n], name));
      const isTaken = (lit, way) => way.some((state, n) => state === from && (way[n + 1] ?? lit) === to);
      layers.chains.push({ from, to, on, isBack, names: chain, isTaken });
    }
  }
  sort(layers, neighbours);
  return layers;
}

/** Whoever is joined stands near each other: each layer by the middle of its neighbours, down and up again. */
function sort(layers, neighbours) {
  for (let sweep = 0; sweep < 8; sweep += 1) {
    const position = new Map(layers.flatMap((layer) => layer.map((node, n) => [node.name, (n + 0.5) / layer.length])));
    const middle = (node) => { const near = neighbours.get(node.name) ?? []; return near.length ? near.reduce((sum, name) => sum + position.get(name), 0) / near.length : position.get(node.name); };
    for (const layer of layers) {
      layer.sort((one, other) => middle(one) - middle(other));
      layer.forEach((node, n) => position.set(node.name, (n + 0.5) / layer.length));
    }
  }
}
