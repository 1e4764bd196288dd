// All that goes over the wire: the simulator's JSON API and its events. No other address is ever asked.

export async function ask(method, path, given) {
  const answer = await fetch(path, {
    method,
    headers: given === undefined ? {} : { "Content-Type": "application/json" },
    body: given === undefined ? undefined : JSON.stringify(given),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(told.error || `The simulator answered ${answer.status}.`), { status: answer.status });
  return told;
}

const phone = (number) => `/api/phones/${encodeURIComponent(number)}`;

export const api = {
  text: (number, body, to) => ask("POST", `${phone(number)}/texts`, to ? { to, body } : { body }),
  name: (number, name) => ask("PUT", phone(number), { name }),
  leave: (number, opted_out) => ask("PUT", phone(number), { opted_out }),
  fate: (number, wishes) => ask("PUT", `${phone(number)}/fate`, wishes),
  call: (number, to, from) => ask("POST", `${phone(number)}/calls`, from ? { to, from } : { to }),
  act: (sid, what) => ask("POST", `/api/calls/${sid}/${what}`, {}),
  keys: (sid, digits) => ask("POST", `/api/calls/${sid}/keys`, { digits }),
  say: (sid, words) => ask("POST", `/api/calls/${sid}/speech`, { words }),
  carrier: (wishes) => (wishes ? ask("PUT", "/api/carrier", wishes) : ask("GET", "/api/carrier")),
  fault: (given) => ask("POST", "/api/carrier/faults", given),
  faultless: () => ask("DELETE", "/api/carrier/faults"),
  numbers: () => ask("GET", "/api/numbers"),
  time: () => ask("GET", "/api/time"),
  forward: (length) => ask("POST", "/api/time", { forward: length }),
  state: () => ask("GET", "/api/line/state"),
  flows: () => ask("GET", "/api/line/flows"),
  play: (name) => ask("POST", "/api/plays", { name }),
  plays: (what) => ask("POST", `/api/plays/${what}`, {}),
};

/** Events as they happen; the browser comes back by itself, and says where it was. */
export function listen(hears, isThere) {
  const source = new EventSource("/api/events");
  for (const name of ["reset", "time", "phones", "texts", "calls", "troubles", "plays"]) {
    source.addEventListener(name, (event) => hears(name, JSON.parse(event.data)));
  }
  source.onopen = () => isThere(true);
  source.onerror = () => isThere(false);
}
