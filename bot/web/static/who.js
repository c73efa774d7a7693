/** The dialog in which the visitor picks who speaks. */
import { avatar, byId, el } from "./dom.js";

function choice(store, persona) {
  const chosen = persona === store.me;
  const unread = store.isUnread(persona.private);
  return el(
    "button",
    { type: "button", class: "who-item", role: "radio", "aria-checked": String(chosen), value: persona.id },
    el("span", { class: "picture" }, avatar(store.hue(persona.id), persona.name), unread && el("span", { class: "dot" })),
    el(
      "span",
      { class: "who-text" },
      el("span", { class: "who-name" }, persona.name),
      el("span", { class: "who-title" }, persona.title, unread ? " · 小红有新私聊" : ""),
    ),
  );
}

/** Arrow keys move the focus, as in any group of radio buttons. */
function moveFocus(event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...event.currentTarget.children];
  const next = (items.indexOf(document.activeElement) + step + items.length) % items.length;
  items[next].focus();
}

export function startWho(store) {
  const dialog = byId("who");
  const list = byId("who-list");
  const openDialog = () => {
    list.replaceChildren(...store.personas.map((persona) => choice(store, persona)));
    dialog.showModal();
    list.querySelector('[aria-checked="true"]')?.focus();
  };
  for (const button of document.querySelectorAll("[data-who]")) button.addEventListener("click", openDialog);
  list.addEventListener("keydown", moveFocus);
  list.addEventListener("click", (event) => {
    const item = event.target.closest(".who-item");
    if (!item) return;
    dialog.close();
    store.speakAs(item.value);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
