/** A page that looks by itself: its part `data-live` is read anew every so many seconds and shown where it changed. */
const TIMEOUT_MS = 5000;
const part = document.querySelector("[data-live]");
const lost = document.querySelector("[data-lost]");
let shown = part.innerHTML;
let timer = 0;

async function read() {
  const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-live]");
}

function show(fresh) {
  if (fresh.innerHTML === shown) return;
  shown = fresh.innerHTML;
  part.replaceChildren(...fresh.childNodes);
  part.dataset.live = fresh.dataset.live;
  offerCopies();
}

/** Nobody looks at a hidden page, such as one left for the chat: it is read at once when it is seen again. */
async function look() {
  clearTimeout(timer);
  if (document.hidden || !part.dataset.live) return;
  const fresh = await read().catch(() => null);
  lost.hidden = fresh !== null;
  if (fresh) show(fresh);
  timer = setTimeout(look, Number(part.dataset.live) * 1000);
}

function offerCopies() {
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = false;
}

/** By the older way where the newer is not given: a page in a local network is served without TLS. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const entry = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
    document.body.append(entry);
    entry.select();
    document.execCommand("copy");
    entry.remove();
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  button.textContent = "已复制，去微信粘贴发送";
});
document.addEventListener("visibilitychange", look);
offerCopies();
timer = setTimeout(look, Number(part.dataset.live) * 1000);
