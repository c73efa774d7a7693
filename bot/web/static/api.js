/** Talking with the server. */

/** An answer that carries a sentence for the visitor. `again`: the same request may succeed later. */
export class Refused extends Error {
  constructor(sentence, again) {
    super(sentence);
    this.again = again;
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Refused("网络不通，请检查后重试。", true);
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Refused(body.error ?? "服务暂时不可用，请稍后重试。", response.status >= 500);
}

export const readBoard = () => ask("/api/board");

/** @param {string} chat @param {string} [before] id of a line */
export function readLines(chat, before) {
  const query = new URLSearchParams({ chat });
  if (before) query.set("before", before);
  return ask(`/api/lines?${query}`);
}

export const say = (message) =>
  ask("/api/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(message),
  });

/** Hand in a picture or a document before the message that it goes with. @param {File} file */
export const upload = (file) =>
  ask(`/api/files?${new URLSearchParams({ name: file.name })}`, { method: "POST", body: file });

const LONGEST_WAIT_MS = 8000;

/** Listens for ever; `onOpen` is the moment to read what was missed. */
export function listen({ onLine, onOpen, onLost }) {
  let wait = 500;
  let timer = 0;
  let source = null;
  function connect() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource("/api/events");
    source.onopen = () => {
      wait = 500;
      onOpen();
    };
    source.onmessage = (event) => onLine(JSON.parse(event.data));
    source.onerror = () => {
      source.close();
      onLost();
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  }
  window.addEventListener("online", connect);
  connect();
}
