/** The chat list and the card of the one who speaks. */
import { byId, botAvatar, el, paintAvatar } from "./dom.js";
import { lineInWords, preview, shortTime } from "./text.js";

export const hashOf = (chat) => `#/${encodeURIComponent(chat)}`;

function picture(chat) {
  if (chat.kind === "private") return botAvatar();
  const [mark = "群"] = chat.title;
  return el("span", { class: "avatar group", data: { kind: chat.kind }, "aria-hidden": "true" }, mark);
}

function lastText(store, line) {
  if (!line) return "还没有消息";
  const own = line.sender === store.me?.id;
  return `${own ? "我" : line.sender_name}：${preview(lineInWords(line))}`;
}

function item(store, chat) {
  const unread = store.isUnread(chat.id);
  return el(
    "li",
    {},
    el(
      "a",
      { class: "chat-item", href: hashOf(chat.id), "aria-current": store.open === chat.id ? "true" : null },
      el("span", { class: "picture" }, picture(chat), unread && el("span", { class: "dot" })),
      el(
        "span",
        { class: "chat-item-text" },
        el("span", { class: "chat-item-title" }, chat.title, unread && el("span", { class: "unseen" }, "（有新消息）")),
        el("span", { class: "chat-item-last" }, lastText(store, chat.last)),
      ),
      chat.last && el("time", { dateTime: chat.last.at }, shortTime(chat.last.at)),
    ),
  );
}

function showChats(store) {
  const list = byId("chats");
  const focused = document.activeElement?.getAttribute?.("href");
  const chats = store.chats();
  list.replaceChildren(...chats.map((chat) => item(store, chat)));
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  byId("start-card").hidden = store.hasStarted;
  byId("chats-empty").hidden = chats.length > 0;
  byId("chats-empty").textContent = "这里还没有群。群加进来以后，刷新页面就能看到。";
  const unread = chats.filter((chat) => store.isUnread(chat.id)).length;
  document.title = `${unread ? `(${unread}) ` : ""}吹哨 · 党建联盟群`;
}

function showMe(store) {
  const { me } = store;
  for (const node of document.querySelectorAll("[data-me]")) {
    const part = node.dataset.me;
    if (part === "dot") {
      node.hidden = !store.personas.some((one) => one !== me && store.isUnread(one.private));
    } else if (part === "avatar") {
      paintAvatar(node, store.hue(me?.id ?? ""), me?.name ?? "");
    } else {
      node.textContent = me?.[part] ?? "";
    }
  }
}

export function startList(store) {
  const show = () => {
    showChats(store);
    showMe(store);
  };
  for (const change of ["board", "chats", "me", "open"]) store.addEventListener(change, show);
}
