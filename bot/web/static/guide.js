/** First use: short tours whose example sentences can be tapped, and example phrases for each chat. */
import { byId, el } from "./dom.js";

export async function readHints() {
  try {
    return await (await fetch("/static/hints.json")).json();
  } catch {
    return { phrases: [], tours: [] };
  }
}

const DESKS = ["handlers", "service"];

/** Where a hint fits: in a group of members, at a desk of handlers, or in private. */
const placeOf = ({ kind }) => (kind === "private" ? "private" : DESKS.includes(kind) ? "desk" : "group");

/** A sentence as it is said here and now: with the last need's number, and no mention in a private chat. */
function fitted(store, text, chat) {
  const mention = `@${store.nickname}`;
  const said = text.replaceAll("@小红", mention).replaceAll("{need}", store.lastNeed());
  return chat.kind === "private" && said.startsWith(mention) ? said.slice(mention.length).trim() : said;
}

export function phrasesFor(store, hints, chat) {
  const here = hints.phrases.filter(({ where }) => where.includes(placeOf(chat)));
  const own = here.filter(({ role }) => role === store.me?.role);
  const common = here.filter(({ role }) => role === "");
  return [...own, ...common].map(({ text }) => fitted(store, text, chat));
}

/** The chat in which a step of a tour takes place, and who speaks there. */
function place(store, step) {
  const persona = store.personas.find((one) => one.role === step.role);
  if (!persona) return null;
  const chats = [...store.groups, store.chat(persona.private)];
  for (const where of step.where) {
    const fitting = chats.filter((chat) => placeOf(chat) === where);
    const chat = fitting.find((one) => step.chat && one.title.includes(step.chat)) ?? fitting[0];
    if (chat) return { persona, chat };
  }
  return null;
}

function stepItem(store, step, onTry) {
  const found = place(store, step);
  if (!found) return null;
  const { persona, chat } = found;
  const text = fitted(store, step.text, chat);
  return el(
    "li",
    { class: "step" },
    el("p", { class: "step-note" }, step.note),
    el(
      "button",
      { type: "button", class: "step-try", onclick: () => onTry({ persona, chat, text }) },
      el("span", { class: "step-text" }, text),
      el("span", { class: "step-who" }, `${persona.name}（${persona.title}）在「${chat.title}」`),
    ),
  );
}

function tours(store, hints, onTry) {
  const intro = el(
    "div",
    { class: "guide-intro" },
    el("img", { src: "/static/mark.svg", alt: "", width: 56, height: 56 }),
    el("h2", {}, `我是${store.nickname}，群里的党建助手`),
    el("p", {}, "在群里 @我，或者私聊我。点下面的例句：身份和群会自动选好，句子放进输入框，按发送就行。"),
  );
  const cards = hints.tours.map((tour) => {
    const steps = tour.steps.map((step) => stepItem(store, step, onTry)).filter(Boolean);
    return steps.length ? el("section", { class: "tour" }, el("h3", {}, tour.title), el("ol", {}, ...steps)) : null;
  });
  return [intro, el("div", { class: "tours" }, ...cards.filter(Boolean))];
}

export function startGuide(store, hints, tryOut) {
  const dialog = byId("guide");
  const onTry = (example) => {
    dialog.close();
    tryOut(example);
  };
  const openDialog = () => {
    byId("guide-body").replaceChildren(...tours(store, hints, onTry));
    dialog.showModal();
  };
  for (const button of [byId("show-guide"), byId("start-card"), ...document.querySelectorAll("[data-guide]")]) {
    button.addEventListener("click", openDialog);
  }
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  const showPane = () => {
    if (!store.open) byId("guide-pane").replaceChildren(...tours(store, hints, onTry));
  };
  for (const change of ["board", "open", "chats"]) store.addEventListener(change, showPane);
}
