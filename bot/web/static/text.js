/** Text as WeChat writes it: quotes, links, times. */
import { el } from "./dom.js";

const DASHES = "- - - - - - - - - - - - - - -";
const QUOTE = /^「([^:：\n]{1,40})[:：]([\s\S]*?)」\n(?:- ?){5,}\n([\s\S]*)$/;
const LINK = /https?:\/\/[^\s<>"'，。；！？、（）「」【】]+/g;

/** @returns {{quoted: {name: string, text: string} | null, own: string}} */
export function splitQuote(text) {
  const found = QUOTE.exec(text);
  return found ? { quoted: { name: found[1], text: found[2] }, own: found[3] } : { quoted: null, own: text };
}

/** The text form of a reply to a line. A quote inside the quoted message is left out, as WeChat does. */
export const withQuote = (line, own) => `「${line.sender_name}:${splitQuote(lineInWords(line)).own}」\n${DASHES}\n${own}`;

const DOWNLOAD = new RegExp(`^${location.origin}/(downloads|attendance)/`);

/** A download needs no tab; a page must not take this one away. */
const openingOf = (href) => (DOWNLOAD.test(href) ? {} : { target: "_blank", rel: "noopener" });

/** Text nodes and links. */
export function linked(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    nodes.push(text.slice(end, found.index));
    nodes.push(el("a", { href: found[0], ...openingOf(found[0]) }, found[0]));
    end = found.index + found[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** One line for the chat list. */
export const preview = (text) => splitQuote(text).own.replace(/\s+/g, " ").slice(0, 60);

/** 1.2 MB, 340 KB */
export const fileSize = (bytes) =>
  bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** Where a file is shown. */
export const fileAddress = (file) => `/files/${file.digest}?${new URLSearchParams({ name: file.name })}`;

export const isPicture = (file) => file.kind.startsWith("image/");

const inWords = (file) => (isPicture(file) ? "[图片]" : `[文件] ${file.name}`);

/** A line in words, for the list of chats. */
export const lineInWords = (line) => line.text || (line.files ?? []).map(inWords).join(" ");

const ZONE = { timeZone: "Asia/Shanghai" };
const dayFormat = new Intl.DateTimeFormat("sv-SE", ZONE);
const clockFormat = new Intl.DateTimeFormat("zh-CN", { ...ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dateFormat = new Intl.DateTimeFormat("zh-CN", { ...ZONE, month: "long", day: "numeric" });
const yearFormat = new Intl.DateTimeFormat("zh-CN", { ...ZONE, year: "numeric", month: "long", day: "numeric" });

const dayOf = (time) => dayFormat.format(time);

function dayName(time) {
  const now = new Date();
  if (dayOf(time) === dayOf(now)) return "";
  if (dayOf(time) === dayOf(new Date(now - 86_400_000))) return "昨天";
  return dayOf(time).slice(0, 4) === dayOf(now).slice(0, 4) ? dateFormat.format(time) : yearFormat.format(time);
}

/** 14:03, 昨天 14:03, 3月5日 14:03 */
export const fullTime = (at) => `${dayName(new Date(at))} ${clockFormat.format(new Date(at))}`.trim();

/** 14:03, 昨天, 3月5日 */
export const shortTime = (at) => dayName(new Date(at)) || clockFormat.format(new Date(at));
