/**
 * The work with companies, made quick: forms are sent without leaving the page, a row's status becomes a select, several
 * rows are ticked and changed at once, and letters move and act. The forms are the page's own: without this script they
 * work as plain ones.
 */

import { idOf, type Page, type Post, postOf, send, sendWhenSettled, tell } from "./sending";

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("tr[data-lead]")];
const boxOf = (row: HTMLElement): HTMLInputElement | null => row.querySelector<HTMLInputElement>("input[name='company']");
const ticked = (): HTMLInputElement[] => rows().map(boxOf).filter((box): box is HTMLInputElement => !!box?.checked);
const bulk = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>("form[data-bulk]");

/** What a page that is put in place must not take away: the focus, and ticks. */
const keep: Page["keep"] = (sent) => {
  const active = document.activeElement;
  const row = active?.closest<HTMLElement>("tr[data-lead]") ?? null;
  const index = row ? rows().indexOf(row) : -1;
  const company = row?.dataset["mark"] ? idOf(row.dataset["mark"]) : null;
  const ticks = sent?.dataset["bulk"] === undefined ? new Set(ticked().map((box) => idOf(box.value))) : new Set();
  return () => {
    for (const one of rows()) {
      const box = boxOf(one);
      if (box) box.checked = ticks.has(idOf(box.value));
    }
    const same = rows().find((one) => idOf(one.dataset["mark"] ?? "") === company);
    const place = same ?? (index >= 0 ? (rows()[index] ?? rows()[rows().length - 1]) : undefined);
    const inRow = same && active instanceof HTMLSelectElement ? "select" : ".lead-name";
    (place?.querySelector<HTMLElement>(inRow) ?? (active?.id ? document.getElementById(active.id) : null))?.focus();
    countTicks();
  };
};

/** A change of one field of some companies by the bar's own form: its token, and where it leads back to. */
function changeOf(marks: string[], name: string, value: string, field = ""): Post | null {
  const form = bulk();
  if (!form || !marks.length) return null;
  const fields = new FormData();
  for (const kept of ["csrf_token", "next"]) fields.set(kept, form.querySelector<HTMLInputElement>(`[name="${kept}"]`)?.value ?? "");
  for (const mark of marks) fields.append("company", mark);
  fields.set(name, value);
  return { ...postOf(form), fields, form: null, values: new Map([[field, value]]) };
}

function change(marks: string[], name: string, value: string): void {
  const post = changeOf(marks, name, value);
  if (post) send(post);
}

function countTicks(): void {
  const form = bulk();
  if (!form) return;
  const number = ticked().length;
  form.hidden = !number;
  const count = form.querySelector<HTMLElement>("[data-count]");
  if (count) {
    count.hidden = false;
    count.textContent = number === 1 ? (count.dataset["one"] ?? "") : (count.dataset["many"] ?? "").replace("#", String(number));
  }
  const all = document.querySelector<HTMLInputElement>("[data-all]");
  if (all) all.checked = !!number && number === rows().length;
}

/** A row's status, which is text, as a select that is sent when it changes. */
function asSelect(status: HTMLElement): void {
  const options = bulk()?.querySelector<HTMLSelectElement>("[name='status']");
  const row = status.closest<HTMLElement>("tr[data-lead]");
  if (!options || !row) return;
  const select = document.createElement("select");
  const mark = row.dataset["mark"] ?? "";
  select.id = `status of ${idOf(mark)}`;
  for (const option of [...options.options].slice(1)) {
    const isSet = option.value === status.dataset["status"];
    select.add(new Option(option.text, option.value, isSet, isSet));
  }
  select.setAttribute("aria-label", `${status.dataset["label"] ?? ""} ${row.querySelector(".lead-name")?.textContent ?? ""}`.trim());
  sendWhenSettled(select, select, () => changeOf([mark], "status", select.value, select.id));
  status.replaceWith(select);
}

/** Prepares a page, or the part of one that was put in place. */
export function enhance(): void {
  for (const status of document.querySelectorAll<HTMLElement>("[data-status]")) asSelect(status);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-at-once]")) {
    for (const button of form.querySelectorAll<HTMLElement>("button")) button.hidden = true;
    const fields = form.querySelectorAll<HTMLSelectElement | HTMLInputElement>("select, input");
    for (const field of fields) sendWhenSettled(field, form, () => (form.reportValidity() ? postOf(form) : null));
  }
  const all = document.querySelector<HTMLInputElement>("[data-all]");
  if (all) all.hidden = false;
  for (const hint of document.querySelectorAll<HTMLElement>("[data-keys-hint]")) hint.hidden = document.body.dataset["keys"] === "off";
  countTicks();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset["swap"] === undefined) return;
  event.preventDefault();
  send(postOf(form, event.submitter));
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box instanceof HTMLSelectElement) box.closest<HTMLFormElement>("form[data-auto]")?.requestSubmit();
  if (!(box instanceof HTMLInputElement)) return;
  if (box.type === "file") refuseLarge(box);
  if (box.dataset["all"] !== undefined) {
    for (const one of rows().map(boxOf)) if (one) one.checked = box.checked;
  }
  if (box.dataset["all"] !== undefined || box.closest("tr[data-lead]")) countTicks();
});

/** Says before a file is sent that it is larger than the service takes: what is too large reaches no page. */
function refuseLarge(field: HTMLInputElement): void {
  const most = Number(field.dataset["mostBytes"] ?? Infinity);
  const isLarge = [...(field.files ?? [])].some((file) => file.size > most);
  field.setCustomValidity(isLarge ? (field.dataset["tooLarge"] ?? "") : "");
  field.reportValidity();
}

function move(step: number): boolean {
  const all = rows();
  if (!all.length) return false;
  const row = document.activeElement?.closest<HTMLElement>("tr[data-lead]");
  const next = row ? all.indexOf(row) + step : step > 0 ? 0 : all.length - 1;
  const link = all[Math.min(Math.max(next, 0), all.length - 1)]?.querySelector<HTMLElement>(".lead-name");
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
  return true;
}

/** What a letter does in the list: to the ticked companies, else to that of the row with the focus. */
function inList(key: string): boolean {
  if (key === "j") return move(1);
  if (key === "k") return move(-1);
  const row = document.activeElement?.closest<HTMLElement>("tr[data-lead]") ?? null;
  const marks = ticked().length ? ticked().map((box) => box.value) : row?.dataset["mark"] ? [row.dataset["mark"]] : [];
  if (!marks.length || !bulk()) return false;
  if (key === "x" && row) boxOf(row)?.click();
  else if (key === "e") change(marks, "hidden", "yes");
  else if (key === "s") {
    const place = ticked().length ? bulk() : row;
    place?.querySelector<HTMLElement>("select[name='status'], .leads-status select, select")?.focus();
  } else return false;
  return true;
}

/** Whether the key is pressed in a row's select and yet moves in the list: no status is found by these letters. */
export function movesFromSelect(event: KeyboardEvent): boolean {
  const isInRow = event.target instanceof HTMLSelectElement && event.target.closest("tr[data-lead]");
  return !!isInRow && ["j", "k", "x"].includes(event.key);
}

/** Does what a letter means on this page, if it means anything. */
export function actOnLetter(key: string): boolean {
  if (rows().length && inList(key)) return true;
  const place = document.querySelector<HTMLElement>(`main [data-letter="${CSS.escape(key)}"]`);
  if (!place) return false;
  if (place instanceof HTMLButtonElement) place.click();
  else place.focus();
  return true;
}

tell({ keep, enhance });
