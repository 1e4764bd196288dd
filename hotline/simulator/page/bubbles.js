// What stands in a phone: texts as bubbles with time and delivery marks, calls as a line of their own, days between.

import { isCalled } from "./call.js";
import { h, icon, length, aside } from "./dom.js";
import { store } from "./store.js";

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])|(?<![\d-])(\d{3}-\d{3}-\d{4})(?![\d-])/g;
const FEW_EMOJI = /^(?:\p{Extended_Pictographic}(?:\u200d\p{Extended_Pictographic}|\ufe0f|\p{Emoji_Modifier})*\s*){1,3}$/u;
const ON_ITS_WAY = new Set(["accepted", "queued", "sending", "sent"]);

/** Words with what can be followed in them: addresses open elsewhere, a number can be called from this phone. */
export function words(body, call) {
  const parts = [];
  let from = 0;
  for (const found of body.matchAll(LINK)) {
    parts.push(body.slice(from, found.index));
    from = found.index + found[0].length;
    const [whole, address, number] = found;
    if (address) parts.push(h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, whole));
    else parts.push(h("button", { type: "button", class: "dial", onclick: () => call(`+1${number.replaceAll("-", "")}`) }, number));
  }
  return [...parts, body.slice(from)];
}

/** One text as its phone shows it. `call` is what a tapped number does. */
export function bubble(text, call) {
  const own = text.by === "phone";
  const kind = own ? "own" : "came";
  const fate = own ? ownFate(text) : cameFate(text);
  const pictures = text.media.map((one) => h("p", { class: "picture" }, `picture (${one.kind})`));
  return h("div", { class: `bubble ${kind} ${fate.look}`, "data-sid": text.sid },
    aside(own ? "Sent: " : text.by === "carrier" ? "From the carrier: " : "Came: "),
    pictures,
    h("p", { class: FEW_EMOJI.test(text.body.trim()) ? "words big" : "words" }, words(text.body, call)),
    h("p", { class: "mark" }, h("time", { datetime: when(text) }, store.hour(when(text))), fate.mark,
      fate.words ? h("span", { class: "fate-words" }, fate.words) : null));
}

function ownFate(text) {
  if (text.heard === false) return { look: "lost", mark: mark("!", "not heard by the line"), words: "The line did not take it" };
  if (text.heard === null) return { look: "", mark: mark("✓", "sent"), words: "" };
  return { look: "", mark: mark("✓✓", "heard by the line"), words: "" };
}

function cameFate(text) {
  if (text.arrived) return { look: "", mark: null, words: "" };
  if (ON_ITS_WAY.has(text.status)) return { look: "coming", mark: null, words: "on its way" };
  const code = text.error_code ? ` (${text.error_code})` : "";
  return { look: "lost", mark: null, words: `never arrived: ${text.error_message ?? text.status}${code}` };
}

const mark = (sign, meaning) => h("span", { class: "ticks", role: "img", "aria-label": meaning, title: meaning }, sign);

/** A call that is over, as phones list it. */
export function callLine(call, open) {
  const missed = isCalled(call) && ["no-answer", "busy", "canceled", "failed"].includes(call.status);
  const how = missed ? "Missed call" : isCalled(call) ? "Call" : "You called";
  const who = store.name(isCalled(call) ? call.from : call.to);
  const took = call.duration ? `, ${length(call.duration)}` : call.status === "completed" ? "" : `, ${call.status}`;
  return h("button", { type: "button", class: `call-line${missed ? " missed" : ""}`, "data-sid": call.sid, onclick: () => open(call.sid) },
    icon("call"), `${how}: ${who}${took}`, h("time", {}, store.hour(call.created)));
}

export const dayLine = (day) => h("p", { class: "day" }, day);

export const when = (one) => one.arrived ?? one.created;

const CODE = /^(?:RING )?([A-Z][1-9]\d?)\b/;
const ORDERS = /\b(?:[Rr]eply|[Ss]ay|[Tt]ext[^.:]{0,24}:)\s+([A-Z]{2,}(?:(?:,\s*|,?\s+or\s+)[A-Z]{2,})*)/g;

/** The newest text that still waits for an answer: nothing was said of the same case since. */
export function asking(texts) {
  const at = texts.findLastIndex((text) => answers(text.body).length);
  const code = at < 0 ? null : CODE.exec(texts[at].body)?.[1];
  return code && texts.slice(at + 1).some((text) => CODE.exec(text.body)?.[1] === code) ? null : texts[at];
}

/** The answers a text offers ("1 take it 2 pass", "Reply YES or NO"), so that they can be given by a click. */
export function answers(body) {
  const code = CODE.exec(body)?.[1];
  const choices = [...body.matchAll(/(?:^|[\s(])([1-9]) ([a-z][a-z' -]*?)(?=\s+[1-9] [a-z]|[.,;?!)]|\s+(?:If|Or|Text|Reply|Say)\b|$)/g)];
  const counted = choices.filter(([, digit], place) => Number(digit) === place + 1);
  const found = counted.length > 1 ? counted.map(([, digit, meaning]) => [`${digit} ${meaning}`, digit]) : [];
  for (const [, orders] of body.matchAll(ORDERS)) {
    found.push(...orders.split(/,\s*|\s+or\s+/).filter((word) => word.length > 1).map((word) => [word, word]));
  }
  return found.slice(0, 6).map(([label, answer]) => ({ label, answer: code ? `${code} ${answer}` : answer }));
}
