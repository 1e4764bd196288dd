// The browser's own voice, off until it is wanted. Only voices of this machine: others would send the words away.

let wanted = false;
const said = new Set();

export const isWanted = () => wanted && "speechSynthesis" in window;

export function want(yes) {
  wanted = yes;
  if (!yes) window.speechSynthesis?.cancel();
}

export function say(key, words, language = "en") {
  if (said.has(key)) return;
  said.add(key);
  if (!isWanted() || !words) return;
  const voices = speechSynthesis.getVoices().filter((voice) => voice.localService);
  const voice = voices.find((one) => one.lang.startsWith(language.slice(0, 2)));
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.lang = language;
  if (voice) utterance.voice = voice;
  else if (voices.length === 0 || speechSynthesis.getVoices().length !== voices.length) return;
  speechSynthesis.speak(utterance);
}

export const hush = () => window.speechSynthesis?.cancel();
