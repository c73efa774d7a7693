/** Building elements, never from strings of HTML. */

/** @param {string} tag @param {object} [props] properties; `class`, `data`, and names with a dash as attributes */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "role") node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** The square picture of a person: the last two characters of the name on a colour, see Store.hue. */
export function paintAvatar(node, hue, name) {
  node.dataset.hue = String(hue);
  node.textContent = [...name.trim()].slice(-2).join("") || "？";
  node.setAttribute("aria-hidden", "true");
  return node;
}

export const avatar = (hue, name) => paintAvatar(el("span", { class: "avatar" }), hue, name);

export const botAvatar = () =>
  el("img", { class: "avatar bot", src: "/static/mark.svg", alt: "", width: 40, height: 40 });
