/** What the visitor is about to say: typing, quoting, files, example phrases, sending. */
import { say } from "./api.js";
import { byId, el } from "./dom.js";
import { phrasesFor } from "./guide.js";
import { lineInWords, preview, withQuote } from "./text.js";
import { Tray } from "./tray.js";

const MAX_TEXT_BYTES = 2 * 1024 * 1024;
const TEXTS = /\.(?:txt|jsonl|log|md|csv|tsv)$/i;
const COUNT_FROM = 500;
const ENTRY_PX = 200;

const amount = (number) => number.toLocaleString("zh-CN");

/** crypto.randomUUID exists only on https and localhost; the page may be served plainly in a local network. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A text file as written on any Chinese desktop: UTF-8, else GB 18030. Null: not text. */
async function decode(file) {
  const bytes = await file.arrayBuffer();
  for (const encoding of ["utf-8", "gb18030"]) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes("\0") ? null : text.replaceAll("\r\n", "\n").trimEnd();
    } catch {
      // Try the next encoding.
    }
  }
  return null;
}

export class Composer {
  #drafts = new Map();
  #quoted = null;
  #tray;
  #chat = null;
  #phrasesShown = true;

  constructor(store, hints) {
    this.store = store;
    this.hints = hints;
    this.text = byId("text");
    this.#tray = new Tray({ onChange: () => this.#onInput(), onTrouble: (sentence) => this.#alert(sentence) });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("keydown", (event) => this.#onKey(event));
    this.text.addEventListener("input", () => this.#onInput());
    byId("mention").addEventListener("click", () => this.#insertMention());
    byId("unquote").addEventListener("click", () => this.quote(null));
    byId("toggle-phrases").addEventListener("click", () => this.#togglePhrases());
    this.#takeFiles();
    store.addEventListener("me", () => this.#showPhrases());
    store.addEventListener("board", () => this.#showWording());
    store.addEventListener("line", ({ detail }) => detail.from_bot && this.#showPhrases());
  }

  /** Turn to a chat; what was begun in the other one stays there. */
  show(chat) {
    if (this.#chat) {
      this.#drafts.set(this.#chat.id, { text: this.text.value, quoted: this.#quoted, files: this.#tray.files });
    }
    this.#chat = chat;
    const draft = this.#drafts.get(chat.id) ?? { text: "", quoted: null, files: [] };
    this.#tray.show(draft.files);
    this.#showQuote(draft.quoted);
    byId("mention").hidden = chat.kind === "private";
    this.#showPhrases();
    this.#alert("");
    this.fill(draft.text);
  }

  /** Put a text into the entry, ready to send. */
  fill(text) {
    this.text.value = text;
    this.#onInput();
  }

  focus() {
    this.text.focus({ preventScroll: true });
  }

  /** Answer a line; null: no longer. Who answers the bot in a group speaks to it. */
  quote(line) {
    this.#showQuote(line);
    const mention = `@${this.store.nickname} `;
    if (line?.from_bot && this.#chat.kind !== "private" && !this.text.value.includes(mention.trim())) {
      this.fill(mention + this.text.value);
    }
    this.focus();
  }

  /** Send a line again; the server counts it once by its id. */
  async send(line) {
    this.store.take({ ...line, state: "pending" });
    try {
      const answer = await say(line.post);
      this.store.start();
      this.store.take(answer.line);
    } catch (error) {
      this.store.take({ ...line, state: "failed", reason: error.message });
      if (!error.again) this.#alert(error.message);
    }
  }

  async #submit() {
    const { me, maxText } = this.store;
    const own = this.text.value.trim();
    const { files } = this.#tray;
    if (!(own || files.length) || !me || !this.#chat) return;
    const text = this.#quoted ? withQuote(this.#quoted, own) : own;
    const length = [...text].length;
    if (length > maxText) {
      this.#alert(`内容有 ${amount(length)} 字，超过 ${amount(maxText)} 字的上限，请拆分后再发。`);
      return;
    }
    const id = newId();
    const post = { id, persona: me.id, chat: this.#chat.id, text, files };
    const last = this.store.lines(this.#chat.id).at(-1)?.at ?? "";
    const now = new Date().toISOString();
    const at = now > last ? now : last;
    const line = { id: `in:${id}`, chat: post.chat, sender: me.id, sender_name: me.name, text, files, at, from_bot: false, post };
    this.fill("");
    this.#showQuote(null);
    this.#tray.show([]);
    this.#alert("");
    await this.send(line);
  }

  #onKey(event) {
    if (event.key === "Escape" && this.#quoted) this.quote(null);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #onInput() {
    const { maxText } = this.store;
    const length = [...this.text.value].length;
    byId("send").disabled = !this.text.value.trim() && this.#tray.files.length === 0;
    const counter = byId("counter");
    counter.textContent = length >= COUNT_FROM ? `${amount(length)} / ${amount(maxText)}` : "";
    counter.classList.toggle("over", length > maxText);
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, ENTRY_PX)}px`;
  }

  #insertMention() {
    const mention = `@${this.store.nickname} `;
    this.text.setRangeText(mention, this.text.selectionStart, this.text.selectionEnd, "end");
    this.#onInput();
    this.focus();
  }

  #showQuote(line) {
    this.#quoted = line;
    byId("quoting").hidden = !line;
    byId("quoting-text").textContent = line ? `引用 ${line.sender_name}：${preview(lineInWords(line))}` : "";
  }

  #showWording() {
    const { nickname, maxText } = this.store;
    byId("mention").textContent = `@${nickname}`;
    byId("mention").setAttribute("aria-label", `在话里提到${nickname}`);
    byId("limit").textContent = amount(maxText);
  }

  #togglePhrases() {
    this.#phrasesShown = !this.#phrasesShown;
    byId("toggle-phrases").setAttribute("aria-expanded", String(this.#phrasesShown));
    this.#showPhrases();
  }

  #showPhrases() {
    if (!this.#chat) return;
    const { me, nickname } = this.store;
    const isPrivate = this.#chat.kind === "private";
    this.text.placeholder = isPrivate ? `对${nickname}说点什么` : `以${me?.name ?? ""}的身份说点什么`;
    const phrases = phrasesFor(this.store, this.hints, this.#chat);
    const chips = phrases.map((text) => {
      const label = text.replace(`@${nickname} `, "").split("\n").slice(0, 2).join(" ");
      const use = () => {
        this.fill(text);
        this.focus();
      };
      return el("button", { type: "button", class: "phrase", onclick: use, title: text }, label);
    });
    byId("phrases").replaceChildren(el("span", { class: "phrases-label" }, "试试"), ...chips);
    byId("phrases").hidden = !this.#phrasesShown || chips.length === 0;
  }

  #alert(sentence) {
    byId("alert").textContent = sentence;
    byId("alert").hidden = !sentence;
  }

  #takeFiles() {
    const input = byId("file");
    byId("pick-file").addEventListener("click", () => input.click());
    input.addEventListener("change", async () => {
      for (const file of [...input.files]) await this.#takeFile(file);
      input.value = "";
    });
    const chat = byId("chat");
    chat.addEventListener("dragover", (event) => event.preventDefault());
    chat.addEventListener("drop", async (event) => {
      event.preventDefault();
      const files = [...event.dataTransfer.files];
      if (!files.length) this.fill(this.text.value + event.dataTransfer.getData("text/plain"));
      for (const file of files) await this.#takeFile(file);
    });
    this.text.addEventListener("paste", async (event) => {
      for (const file of [...event.clipboardData.files]) await this.#tray.add(file);
    });
  }

  /** A text becomes the message; anything else goes with it. */
  async #takeFile(file) {
    if (TEXTS.test(file.name) || file.type.startsWith("text/")) await this.#takeText(file);
    else await this.#tray.add(file);
  }

  async #takeText(file) {
    const limit = this.store.maxText;
    if (file.size > MAX_TEXT_BYTES) {
      this.#alert(`「${file.name}」超过 2 MB，放不进一条消息（最多 ${amount(limit)} 字），请拆分后再传。`);
      return;
    }
    const text = await decode(file);
    if (!text) {
      this.#alert(`「${file.name}」${text === null ? "不是文本文件" : "是空的"}，请换一个 .txt 或 .jsonl 文件。`);
      return;
    }
    const length = [...text].length;
    if (length > limit) {
      this.#alert(`「${file.name}」有 ${amount(length)} 字，超过一条消息 ${amount(limit)} 字的上限，请拆分后再传。`);
      return;
    }
    this.#alert("");
    this.fill(this.text.value.trim() ? `${this.text.value.trimEnd()}\n${text}` : text);
    this.focus();
  }
}
