/** What the page knows: groups, personas, lines by chat, and what was read. Changes are events. */

const KIND_NAMES = {
  district: "区域大群",
  park: "园区群",
  area: "联建片群",
  handlers: "经办人群",
  service: "专项服务组",
  private: "私聊 · 只有您和小红看得见",
};

const HUES = 8;

const byTime = (a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

function load(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

function save(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still chats.
  }
}

const NEED = /诉求\s?(\d+)\s?号/;
const STARTED = "chuishao.started";

export class Store extends EventTarget {
  groups = [];
  personas = [];
  nickname = "小红";
  maxText = 20000;
  me = null;
  open = null; // id of the chat on the screen
  hasOlder = new Map();
  #lines = new Map();
  #last = new Map();
  #seen = load("chuishao.seen", null);

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Take the server's board, again after each reconnect. */
  takeBoard(board) {
    Object.assign(this, { groups: board.groups, personas: board.personas, nickname: board.nickname });
    this.maxText = board.max_text;
    const wanted = this.me?.id ?? load("chuishao.me", null);
    const company = this.personas.find((one) => one.role === "company");
    this.me = this.personas.find((one) => one.id === wanted) ?? company ?? this.personas[0] ?? null;
    for (const line of Object.values(board.last)) this.#noteLast(line);
    if (this.#seen === null) {
      this.#seen = Object.fromEntries(Object.values(board.last).map((line) => [line.chat, line.at]));
    }
    this.emit("board");
  }

  speakAs(id) {
    const before = this.me;
    this.me = this.personas.find((one) => one.id === id) ?? this.me;
    save("chuishao.me", this.me?.id);
    if (before !== this.me) this.emit("me", before);
  }

  persona(id) {
    return this.personas.find((one) => one.id === id);
  }

  /** A colour for a person: neighbours in the list of personas differ. */
  hue(id) {
    const place = this.personas.findIndex((one) => one.id === id);
    if (place >= 0) return place % HUES;
    return [...id].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) >>> 0, 0) % HUES;
  }

  /** The chats of the one who speaks: the private one first, then by the last message. */
  chats() {
    const groups = this.groups.map((group) => ({ ...group, last: this.#last.get(group.id) }));
    groups.sort((a, b) => byTime({ at: b.last?.at ?? "" }, { at: a.last?.at ?? "" }));
    return this.me ? [this.#privateOf(this.me), ...groups] : groups;
  }

  chat(id) {
    const owner = this.personas.find((one) => one.private === id);
    return owner ? this.#privateOf(owner) : this.groups.find((group) => group.id === id);
  }

  #privateOf(persona) {
    const title = `与${this.nickname}私聊`;
    return { id: persona.private, title, kind: "private", last: this.#last.get(persona.private) };
  }

  kindName(chat) {
    return KIND_NAMES[chat.kind] ?? "群聊";
  }

  lines(chat) {
    return this.#lines.get(chat) ?? [];
  }

  /** One line: new, or a newer state of a known one (sent after pending). */
  take(line) {
    this.#noteLast(line);
    const lines = this.#lines.get(line.chat);
    if (lines) {
      const known = lines.findIndex((one) => one.id === line.id);
      if (known >= 0) lines.splice(known, 1);
      let place = lines.length;
      while (place > 0 && byTime(lines[place - 1], line) > 0) place -= 1;
      lines.splice(place, 0, line);
      this.emit("line", line);
    }
    this.emit("chats");
  }

  /** The newest lines of a chat; what is still unsent stays. */
  takeNewest(chat, lines, older) {
    const ids = new Set(lines.map((line) => line.id));
    const known = this.lines(chat);
    const overlaps = known.some((line) => ids.has(line.id));
    const kept = known.filter((line) => !ids.has(line.id) && (overlaps || line.state));
    this.#lines.set(chat, [...kept, ...lines].sort(byTime));
    if (!overlaps) this.hasOlder.set(chat, older);
    this.emit("lines", chat);
  }

  takeOlder(chat, lines, older) {
    const ids = new Set(this.lines(chat).map((line) => line.id));
    this.#lines.set(chat, [...lines.filter((line) => !ids.has(line.id)), ...this.lines(chat)]);
    this.hasOlder.set(chat, older);
    this.emit("older", chat);
  }

  forget(line) {
    this.#lines.set(line.chat, this.lines(line.chat).filter((one) => one.id !== line.id));
    this.emit("lines", line.chat);
  }

  loadedChats() {
    return [...this.#lines.keys()];
  }

  #noteLast(line) {
    const last = this.#last.get(line.chat);
    if (!line.state && (!last || last.at <= line.at)) this.#last.set(line.chat, line);
  }

  /** Whether the visitor said something before, so that the first steps need no room any more. */
  get hasStarted() {
    return load(STARTED, false);
  }

  start() {
    if (!this.hasStarted) save(STARTED, true);
  }

  /** The number of the need that the bot spoke of last; on a fresh start needs are numbered from 101. */
  lastNeed() {
    const spoken = [...this.#last.values(), ...[...this.#lines.values()].flat()].filter((line) => line.from_bot);
    const numbered = spoken.filter((line) => NEED.test(line.text)).sort(byTime);
    return NEED.exec(numbered.at(-1)?.text ?? "")?.[1] ?? "101";
  }

  markSeen(chat) {
    const last = this.#last.get(chat);
    if (!last || this.#seen[chat] === last.at) return;
    this.#seen[chat] = last.at;
    save("chuishao.seen", this.#seen);
    this.emit("chats");
  }

  isUnread(chat) {
    const last = this.#last.get(chat);
    return Boolean(last) && last.sender !== this.me?.id && (this.#seen?.[chat] ?? "") < last.at;
  }
}
