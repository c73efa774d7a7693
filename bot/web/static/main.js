/** The page of the local groups: puts the parts together. */
import { listen, readBoard } from "./api.js";
import { ChatView } from "./chat.js";
import { Composer } from "./composer.js";
import { byId } from "./dom.js";
import { readHints, startGuide } from "./guide.js";
import { hashOf, startList } from "./list.js";
import { Store } from "./store.js";
import { startWho } from "./who.js";

const store = new Store();
const hints = await readHints();
startList(store);
startWho(store);
const composer = new Composer(store, hints);
const view = new ChatView(store, {
  onQuote: (line) => composer.quote(line),
  onRetry: (line) => composer.send(line),
});

const PATIENCE_MS = 700; // a connection that is back by then was not worth a word

const isPhone = matchMedia("(max-width: 759px)");

function banner(sentence) {
  byId("banner").textContent = sentence;
  byId("banner").hidden = !sentence;
}

function wantedChat() {
  try {
    return store.chat(decodeURIComponent(location.hash.slice(2)));
  } catch {
    return undefined;
  }
}

/** Show what the address names: a chat, or the list (on a desktop with the guide beside it). */
async function turn() {
  const chat = wantedChat();
  store.open = chat?.id ?? null;
  byId("app").dataset.view = chat ? "chat" : "list";
  byId("chat").hidden = !chat;
  byId("guide-pane").hidden = Boolean(chat);
  store.emit("open");
  if (!chat) return;
  const owner = store.personas.find((one) => one.private === chat.id);
  if (owner) store.speakAs(owner.id);
  composer.show(chat);
  if (!isPhone.matches) composer.focus();
  await view.show(chat).catch((error) => banner(error.message));
}

/** A private chat belongs to the one who speaks: another speaker has another one. */
function onSpeaker(before) {
  if (store.open === before?.private) location.replace(hashOf(store.me.private));
  store.emit("chats");
}

function tryOut({ persona, chat, text }) {
  store.speakAs(persona.id);
  const filled = () => {
    composer.fill(text);
    composer.focus();
  };
  if (store.open === chat.id) {
    filled();
    return;
  }
  window.addEventListener("hashchange", filled, { once: true });
  location.hash = hashOf(chat.id);
}

let isShown = false;
let lost = 0;

/** After each (re)connection: what was said meanwhile is read from the stored lines. */
async function synchronize() {
  try {
    store.takeBoard(await readBoard());
    clearTimeout(lost);
    banner("");
    if (!isShown) {
      isShown = true;
      await turn();
      return;
    }
    for (const chat of store.loadedChats()) await view.refresh(chat);
  } catch (error) {
    banner(error.message);
  }
}

startGuide(store, hints, tryOut);
store.addEventListener("me", ({ detail }) => onSpeaker(detail));
window.addEventListener("hashchange", turn);
document.addEventListener("visibilitychange", () => store.open && store.markSeen(store.open));
listen({
  onLine: (line) => store.take(line),
  onOpen: synchronize,
  onLost: () => {
    if (!isShown) synchronize();
    clearTimeout(lost);
    lost = setTimeout(banner, PATIENCE_MS, "连接断开，正在重连……已发出的消息不会丢。");
  },
});
