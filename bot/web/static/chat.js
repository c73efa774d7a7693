/** The open chat: its lines, their order on the screen, scrolling and older lines. */
import { readLines } from "./api.js";
import { avatar, botAvatar, byId, el, icon } from "./dom.js";
import { fileAddress, fileSize, fullTime, isPicture, linked, splitQuote } from "./text.js";

const PAUSE_MS = 5 * 60_000;
const NEAR_PX = 120;
const LONG_PRESS_MS = 450;
const LONG = { characters: 700, rows: 22 };

const isLong = (text) => text.length > LONG.characters || text.split("\n").length > LONG.rows;

export class ChatView {
  #nodes = new Map();
  #loadingOlder = false;
  #wasAtEnd = true;

  /** @param {{onQuote: Function, onRetry: Function}} actions */
  constructor(store, actions) {
    this.store = store;
    this.actions = actions;
    this.scroll = byId("lines-scroll");
    this.list = byId("lines");
    store.addEventListener("line", ({ detail }) => detail.chat === store.open && this.#place(detail));
    store.addEventListener("lines", ({ detail }) => detail === store.open && this.#showAll());
    store.addEventListener("older", ({ detail }) => detail === store.open && this.#showOlder());
    store.addEventListener("me", () => store.open && this.#showAll());
    this.scroll.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    byId("newer").addEventListener("click", () => this.toEnd());
    this.#watchLongPress();
    // The entry grows, a keyboard opens: who was at the end stays there.
    new ResizeObserver(() => this.#wasAtEnd && this.toEnd()).observe(this.scroll);
  }

  /** Show a chat: what is known at once, then what the server has. */
  async show(chat) {
    byId("chat-title").textContent = chat.title;
    byId("chat-kind").textContent = this.store.kindName(chat);
    this.#showAll();
    this.toEnd();
    await this.refresh(chat.id);
    if (this.store.open === chat.id) this.toEnd();
  }

  /** Read the newest lines; a refusal is the caller's to show. */
  async refresh(chat) {
    const { lines, older } = await readLines(chat);
    this.store.takeNewest(chat, lines, older);
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.#wasAtEnd = true;
    byId("newer").hidden = true;
    this.#markSeen();
  }

  #isAtEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR_PX;
  }

  #markSeen() {
    if (this.store.open && document.visibilityState === "visible") this.store.markSeen(this.store.open);
  }

  #showAll() {
    const atEnd = this.#isAtEnd();
    const lines = this.store.lines(this.store.open);
    this.scroll.setAttribute("aria-busy", "true");
    this.#nodes = new Map(lines.map((line, i) => [line.id, this.#node(line, lines[i - 1])]));
    this.list.replaceChildren(...this.#nodes.values());
    this.scroll.setAttribute("aria-busy", "false");
    this.#showEmpty(lines);
    if (atEnd) this.toEnd();
  }

  #showEmpty(lines) {
    const empty = byId("empty-chat");
    empty.hidden = lines.length > 0;
    const { nickname } = this.store;
    const isPrivate = this.store.chat(this.store.open)?.kind === "private";
    const text = isPrivate
      ? `有事直接说，不用 @。手机号、住址这些也请在这里说，不要发到群里。`
      : `群里还没有消息。要${nickname}办事，请在话里带上 @${nickname}；平时聊天她不插话。`;
    empty.replaceChildren(botAvatar(), el("p", {}, text), el("p", { class: "faint" }, "下面的例句点一下就能试"));
  }

  #place(line) {
    const atEnd = this.#isAtEnd();
    const lines = this.store.lines(line.chat);
    const at = lines.findIndex((one) => one.id === line.id);
    const node = this.#node(line, lines[at - 1]);
    const known = this.#nodes.get(line.id);
    const next = lines[at + 1];
    known?.remove();
    this.#nodes.set(line.id, node);
    this.list.insertBefore(node, next ? this.#nodes.get(next.id) : null);
    byId("empty-chat").hidden = true;
    if (atEnd || line.sender === this.store.me?.id) this.toEnd();
    else byId("newer").hidden = known !== undefined;
  }

  #showOlder() {
    const height = this.scroll.scrollHeight;
    const top = this.scroll.scrollTop;
    this.#showAll();
    this.scroll.scrollTop = top + this.scroll.scrollHeight - height;
  }

  async #onScroll() {
    this.#wasAtEnd = this.#isAtEnd();
    if (this.#wasAtEnd) {
      byId("newer").hidden = true;
      this.#markSeen();
    }
    const chat = this.store.open;
    if (this.scroll.scrollTop > NEAR_PX || this.#loadingOlder || !this.store.hasOlder.get(chat)) return;
    this.#loadingOlder = true;
    byId("older").hidden = false;
    try {
      const { lines, older } = await readLines(chat, this.store.lines(chat)[0]?.id);
      this.store.takeOlder(chat, lines, older);
    } catch {
      // The next scroll tries again.
    } finally {
      this.#loadingOlder = false;
      byId("older").hidden = true;
    }
  }

  #node(line, previous) {
    const own = line.sender === this.store.me?.id && !line.from_bot;
    const paused = !previous || new Date(line.at) - new Date(previous.at) > PAUSE_MS;
    const persona = this.store.persona(line.sender);
    const kind = line.from_bot ? "from-bot" : own ? "own" : "other";
    const label = line.from_bot ? "党建助手" : persona?.title;
    return el(
      "li",
      { class: `line ${kind} ${line.state ?? ""}`, data: { id: line.id } },
      paused && el("time", { class: "pause", dateTime: line.at }, fullTime(line.at)),
      el(
        "div",
        { class: "said" },
        line.from_bot ? botAvatar() : avatar(this.store.hue(line.sender), line.sender_name),
        el(
          "div",
          { class: "said-body" },
          el(
            "p",
            { class: "said-by" },
            el("span", { class: "said-name" }, line.sender_name),
            label && el("span", { class: "said-title" }, label),
          ),
          this.#bubble(line),
          line.state && this.#state(line),
        ),
      ),
    );
  }

  #bubble(line) {
    const { quoted, own } = splitQuote(line.text);
    const files = line.files ?? [];
    const text = el("div", { class: "bubble-text" }, ...linked(own));
    const isShown = own && !(line.from_bot && files.length); // what the bot sends a file with says what it is
    const bubble = el("div", { class: "bubble" }, isShown && text, ...files.map((file) => this.#file(file)));
    if (quoted) {
      const quote = `${quoted.name}：${quoted.text.replace(/\s+/g, " ").slice(0, 160)}`;
      bubble.append(el("blockquote", { class: "quote" }, quote));
    }
    if (isLong(own)) {
      text.classList.add("folded");
      const unfold = el("button", { type: "button", class: "unfold" }, `展开全文（${own.length.toLocaleString()} 字）`);
      unfold.addEventListener("click", () => {
        text.classList.remove("folded");
        unfold.remove();
      });
      text.after(unfold);
    }
    return el("div", { class: "bubble-row" }, bubble, line.state ? null : this.#tools(line, own));
  }

  /** A picture as it is, a document as its name; both open in a tab of their own. */
  #file(file) {
    const opening = { href: fileAddress(file), target: "_blank", rel: "noopener" };
    if (isPicture(file)) {
      const onload = () => this.#wasAtEnd && this.toEnd();
      const picture = el("img", { src: fileAddress(file), alt: file.name, loading: "lazy", onload });
      return el("a", { class: "picture-link", ...opening }, picture);
    }
    const about = el("span", { class: "file-about" }, el("span", { class: "file-name" }, file.name), fileSize(file.size));
    return el("a", { class: "file-link", ...opening }, icon("file"), about);
  }

  #tools(line, own) {
    const copy = (event) => {
      navigator.clipboard?.writeText(own);
      event.currentTarget.setAttribute("aria-label", "已复制");
      event.currentTarget.classList.add("done");
    };
    const who = `${line.sender_name}的消息`;
    return el(
      "div",
      { class: "line-tools" },
      el(
        "button",
        { type: "button", "aria-label": `引用${who}`, title: "引用", onclick: () => this.actions.onQuote(line) },
        icon("quote"),
      ),
      navigator.clipboard &&
        el("button", { type: "button", "aria-label": `复制${who}`, title: "复制", onclick: copy }, icon("copy")),
    );
  }

  #state(line) {
    if (line.state === "pending") return el("p", { class: "state" }, "发送中……");
    return el(
      "p",
      { class: "state" },
      el("span", {}, `没发出去：${line.reason}`),
      el("button", { type: "button", onclick: () => this.actions.onRetry(line) }, "重发"),
      el("button", { type: "button", onclick: () => this.store.forget(line) }, "删除"),
    );
  }

  /** On a touch screen the buttons of a message show after a long press. */
  #watchLongPress() {
    let timer = 0;
    const stop = () => clearTimeout(timer);
    const act = (line) => {
      line.classList.add("acting");
      line.scrollIntoView({ block: "nearest" });
    };
    this.list.addEventListener("touchstart", (event) => {
      stop();
      const line = event.target.closest(".line");
      for (const other of this.list.querySelectorAll(".acting")) if (other !== line) other.classList.remove("acting");
      if (event.target.closest(".bubble")) timer = setTimeout(() => act(line), LONG_PRESS_MS);
    }, { passive: true });
    for (const end of ["touchend", "touchmove", "touchcancel"]) this.list.addEventListener(end, stop, { passive: true });
  }
}
