/**
 * The work with companies, made quick: forms are sent without leaving the page, a row's status becomes a select, several
 * rows are ticked and changed at once, and letters move and act. The forms are the page's own: without this script they
 * work as plain ones.
 */

// Arrow keys pass through a select's values, and a day is typed part by part: what they stop at is sent.
const SOON_MS = 350;
const TYPED_MS = 1500;

const main = (): HTMLElement | null => document.getElementById("main");
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("tr[data-lead]")];
const boxOf = (row: HTMLElement): HTMLInputElement | null => row.querySelector<HTMLInputElement>("input[name='company']");
const idOf = (mark: string): string => mark.slice(mark.indexOf(":") + 1);
const ticked = (): HTMLInputElement[] => rows().map(boxOf).filter((box): box is HTMLInputElement => !!box?.checked);
const bulk = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>("form[data-bulk]");

/** What a page that is put in place must not take away: the focus, ticks, and text that was typed and not sent. */
interface Kept {
  row: number;
  company: string | null;
  inStatus: boolean;
  focused: string;
  ticks: Set<string>;
  typed: Map<string, string>;
}

function keep(sent: HTMLFormElement | null): Kept {
  const active = document.activeElement;
  const row = active?.closest<HTMLElement>("tr[data-lead]") ?? null;
  const typed = new Map<string, string>();
  for (const field of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("main textarea[id], main input[id]")) {
    if (field.form !== sent && field.value !== field.defaultValue) typed.set(field.id, field.value);
  }
  return {
    row: row ? rows().indexOf(row) : -1,
    company: row?.dataset["mark"] ? idOf(row.dataset["mark"]) : null,
    inStatus: active instanceof HTMLSelectElement,
    focused: active?.id ?? "",
    ticks: sent?.dataset["bulk"] === undefined ? new Set(ticked().map((box) => idOf(box.value))) : new Set(),
    typed,
  };
}

function putBack(kept: Kept): void {
  for (const [id, value] of kept.typed) {
    const field = document.getElementById(id);
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value;
  }
  for (const row of rows()) {
    const box = boxOf(row);
    if (box) box.checked = kept.ticks.has(idOf(box.value));
  }
  const same = rows().find((row) => idOf(row.dataset["mark"] ?? "") === kept.company);
  const row = same ?? (kept.row >= 0 ? (rows()[kept.row] ?? rows()[rows().length - 1]) : undefined);
  const inRow = same && kept.inStatus ? "select" : ".lead-name";
  const place = row?.querySelector<HTMLElement>(inRow) ?? (kept.focused ? document.getElementById(kept.focused) : null);
  place?.focus();
  countTicks();
}

async function send(action: string, fields: FormData, sent: HTMLFormElement | null): Promise<void> {
  const place = main();
  if (!place) return;
  const kept = keep(sent);
  place.setAttribute("aria-busy", "true");
  let page: Document;
  try {
    const answer = await fetch(action, { method: "POST", body: new URLSearchParams(fields as unknown as Record<string, string>) });
    if (!answer.ok || new URL(answer.url).pathname === "/sign-in") {
      location.reload(); // the page says what is wrong, and is the place to sign in again
      return;
    }
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    place.removeAttribute("aria-busy");
    sayUnreached(place);
    return;
  }
  const fresh = page.getElementById("main");
  if (!fresh) return location.reload();
  place.replaceWith(fresh);
  enhance();
  putBack(kept);
}

function sayUnreached(place: HTMLElement): void {
  const note = place.querySelector("[data-unreached-note]") ?? document.createElement("p");
  note.className = "note note-error";
  note.setAttribute("role", "alert");
  note.setAttribute("data-unreached-note", "");
  note.textContent = document.body.dataset["unreached"] ?? "";
  place.prepend(note);
}

/** Where a form is sent. Its property `action` may be a button of that name. */
const goal = (form: HTMLFormElement): string => form.getAttribute("action") ?? location.href;

function submit(form: HTMLFormElement, button?: HTMLElement | null): void {
  void send(goal(form), new FormData(form, button), form);
}

/** Changes one field of some companies by the bar's own form: its token, and where it leads back to. */
function change(marks: string[], name: string, value: string): void {
  const form = bulk();
  if (!form || !marks.length) return;
  const fields = new FormData();
  for (const kept of ["csrf_token", "next"]) fields.set(kept, form.querySelector<HTMLInputElement>(`[name="${kept}"]`)?.value ?? "");
  for (const mark of marks) fields.append("company", mark);
  fields.set(name, value);
  void send(goal(form), fields, null);
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
  for (const option of [...options.options].slice(1)) select.add(new Option(option.text, option.value));
  select.value = status.dataset["status"] ?? "";
  select.setAttribute("aria-label", `${status.dataset["label"] ?? ""} ${row.querySelector(".lead-name")?.textContent ?? ""}`.trim());
  whenSettled(select, () => change([row.dataset["mark"] ?? ""], "status", select.value));
  status.replaceWith(select);
}

/** Calls back once a field has kept a new value for a moment. */
function whenSettled(field: HTMLElement, then: () => void): void {
  let waiting = 0;
  field.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(then, field instanceof HTMLInputElement ? TYPED_MS : SOON_MS);
  });
}

/** Prepares a page, or the part of one that was put in place. */
export function enhance(): void {
  for (const status of document.querySelectorAll<HTMLElement>("[data-status]")) asSelect(status);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-at-once]")) {
    for (const button of form.querySelectorAll<HTMLElement>("button")) button.hidden = true;
    for (const field of form.querySelectorAll<HTMLElement>("select, input")) whenSettled(field, () => form.requestSubmit());
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
  submit(form, event.submitter);
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
