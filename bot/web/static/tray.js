/** The pictures and documents that will go with the next message. */
import { upload } from "./api.js";
import { byId, el, icon } from "./dom.js";
import { fileAddress, fileSize, isPicture } from "./text.js";

const MAX_FILES = 9;

export class Tray {
  files = [];
  #shown = 0;

  /** @param {{onChange: Function, onTrouble: Function}} actions */
  constructor(actions) {
    this.actions = actions;
    this.list = byId("attachments");
  }

  /** Hand a file in, and keep it for the message; not when the visitor went to another chat meanwhile. */
  async add(file) {
    if (this.files.length >= MAX_FILES) {
      this.actions.onTrouble(`一条消息最多带 ${MAX_FILES} 个文件。`);
      return;
    }
    const shown = this.#shown;
    this.actions.onTrouble(`正在上传「${file.name}」……`);
    try {
      const kept = await upload(file);
      if (shown !== this.#shown) return;
      this.#set([...this.files.filter((one) => one.digest !== kept.digest), kept]);
      this.actions.onTrouble("");
    } catch (error) {
      this.actions.onTrouble(`「${file.name}」没有传上去。${error.message}`);
    }
  }

  /** The files of another chat's draft. */
  show(files) {
    this.#shown += 1;
    this.#set(files);
  }

  #set(files) {
    this.files = files;
    this.list.replaceChildren(...files.map((file) => this.#chip(file)));
    this.list.hidden = files.length === 0;
    this.actions.onChange();
  }

  #chip(file) {
    const remove = () => this.#set(this.files.filter((one) => one !== file));
    const label = { type: "button", class: "icon-button small", "aria-label": `不带${file.name}`, onclick: remove };
    return el(
      "li",
      { class: "attached" },
      isPicture(file) ? el("img", { src: fileAddress(file), alt: "" }) : icon("file"),
      el("span", { class: "attached-name" }, `${file.name} · ${fileSize(file.size)}`),
      el("button", label, icon("close")),
    );
  }
}
