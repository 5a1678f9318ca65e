/**
 * What the dashboard does beyond links and forms: opens a panel's tab in place, closes menus, follows the link of a key,
 * copies the snippet, waits for the first hit and follows a fetch of databases; the work with companies is in workflow.ts.
 * Every page works without it, but for the waiting.
 */

import { waitForFirstHit } from "./first-hit";
import "./filters";
import { followGeoFetch } from "./geo-fetch";
import { followNow } from "./realtime";
import { actOnLetter, enhance, movesFromSelect } from "./workflow";

const CLOSERS = "details.menu[open]";

function closeMenus(except: Node | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(CLOSERS)) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}

function sayUnreached(panel: HTMLElement): void {
  panel.removeAttribute("aria-busy");
  const note = panel.querySelector(".panel-unreached") ?? document.createElement("p");
  note.className = "panel-unreached";
  note.setAttribute("role", "alert");
  note.textContent = document.body.dataset["unreached"] ?? "";
  panel.append(note);
}

async function openTab(link: HTMLAnchorElement): Promise<void> {
  const panel = link.closest<HTMLElement>("[data-panel]");
  const fragment = link.dataset["fragment"];
  if (!panel || !fragment) return;
  panel.setAttribute("aria-busy", "true");
  let answer: Response;
  try {
    answer = await fetch(fragment, { headers: { Accept: "text/html" } });
  } catch {
    sayUnreached(panel); // to follow the link would put the browser's own error in place of the page
    return;
  }
  if (!answer.ok || answer.redirected) {
    location.assign(link.href);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-panel]");
  if (!fresh) return;
  panel.replaceWith(fresh);
  fresh.querySelector<HTMLElement>(".tabs [aria-current]")?.focus();
  history.replaceState(null, "", link.href.split("#")[0]);
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const source = document.getElementById(button.dataset["copy"] ?? "");
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    button.textContent = button.dataset["copied"] ?? "";
  } catch {
    getSelection()?.selectAllChildren(source); // no clipboard without https: the reader copies what is selected
  }
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  closeMenus(target);
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  const tab = target?.closest<HTMLAnchorElement>("a[data-fragment]");
  if (tab && plain) {
    event.preventDefault();
    openTab(tab).catch(() => location.assign(tab.href));
  }
  const button = target?.closest<HTMLButtonElement>("button[data-copy]");
  if (button) void copy(button);
});

/** After a filter from the keyboard the next page begins where this one was left, not at its top. */
const KEPT = "webleads-focus";

function keepFocus(link: HTMLElement): void {
  const panel = link.closest<HTMLElement>("[data-panel]");
  if (panel) sessionStorage.setItem(KEPT, panel.id);
  else if (link.closest(".chips")) sessionStorage.setItem(KEPT, "");
}

function restoreFocus(): void {
  const id = sessionStorage.getItem(KEPT);
  if (id === null) return;
  sessionStorage.removeItem(KEPT);
  const panel = document.getElementById(id);
  const place = panel?.querySelector<HTMLElement>(".tabs [aria-current]") ?? document.querySelector<HTMLElement>(".chips a, .period summary");
  place?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>(".rows a, .chips a:not([data-filters])") : null;
  if (link && event.detail === 0) keepFocus(link); // a pointer's click has a number, the keyboard's is 0
});
restoreFocus();

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
  const typing = event.target instanceof Element && event.target.closest("input:not([type='checkbox']), select, textarea, [contenteditable]");
  if ((typing && !movesFromSelect(event)) || event.altKey || event.ctrlKey || event.metaKey || (event.shiftKey && event.key !== "/")) return;
  const isLetter = event.key.length === 1;
  if (isLetter && document.body.dataset["keys"] === "off") return; // the person's own choice
  const key = isLetter ? event.key.toLowerCase() : event.key;
  if (isLetter && actOnLetter(key)) {
    event.preventDefault(); // the letter must not be typed into the field that has the focus now
    return;
  }
  document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.click();
});

enhance();
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) button.hidden = false;
for (const box of document.querySelectorAll<HTMLElement>("[data-waiting]")) waitForFirstHit(box);
for (const box of document.querySelectorAll<HTMLElement>("[data-geo]")) followGeoFetch(box);
for (const box of document.querySelectorAll<HTMLElement>("[data-now]")) followNow(box);
for (const zone of document.querySelectorAll<HTMLInputElement>("input[data-browser-zone]")) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (here && zone.list && [...zone.list.options].some((one) => one.value === here)) zone.value = here;
}
// A list shows what matches the text: with the present value selected, the first letter searches.
for (const field of document.querySelectorAll<HTMLInputElement>("input[data-searched]")) field.addEventListener("focus", () => field.select());
