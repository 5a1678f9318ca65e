/**
 * Sends the forms of the work with companies without leaving the page, and puts the page that comes back in place. Nothing
 * that a person did is lost on the way: changes are sent one after another, what was changed or typed while an answer was
 * awaited goes over to the page that it brings, and what waits to be sent is sent when the page is left.
 */

/** What to send, the form that it was taken from, and what the fields that have an id held then. */
export interface Post {
  action: string;
  fields: FormData;
  form: HTMLFormElement | null;
  values: Map<string, string>;
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

// Arrow keys pass through a select's values, and a day is typed part by part: what they stop at is sent.
const SOON_MS = 350;
const TYPED_MS = 1500;

export const main = (): HTMLElement | null => document.getElementById("main");

/** A mark is a company's version as the page shows it, and its id. */
export const idOf = (mark: string): string => mark.slice(mark.indexOf(":") + 1);

/** Where a form is sent. Its property `action` may be a button of that name. */
const goal = (form: HTMLFormElement): string => form.getAttribute("action") ?? location.href;

export const postOf = (form: HTMLFormElement, button?: HTMLElement | null): Post => ({
  action: goal(form),
  fields: new FormData(form, button),
  form,
  values: new Map(fieldsWithId(form).map((field) => [field.id, field.value])),
});

/** A page that takes a sent form's place: what to keep of the one before, and what to do with the new one. */
export interface Page {
  keep: (sent: HTMLFormElement | null) => () => void;
  enhance: () => void;
}

let page: Page = { keep: () => () => undefined, enhance: () => undefined };
export const tell = (about: Page): void => void (page = about);

let last = Promise.resolve();
const queued = new Set<Post>();

/** Sends after all that is on its way: their answers say which version the next change is of. */
export function send(post: Post): void {
  const shown = main();
  queued.add(post);
  last = last.then(() => {
    if (!queued.delete(post)) return undefined;
    if (main() !== shown) renew(post.fields);
    return deliver(post);
  });
}

async function deliver(post: Post): Promise<void> {
  const place = main();
  if (!place) return;
  place.setAttribute("aria-busy", "true");
  let fresh: HTMLElement | null;
  try {
    const answer = await fetch(post.action, request(post));
    if (!answer.ok || new URL(answer.url).pathname === "/sign-in") return reload();
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
  } catch {
    place.removeAttribute("aria-busy");
    sayUnreached(place);
    return;
  }
  if (!fresh) return reload();
  const changed = unsent(post.values);
  const putBack = page.keep(post.form);
  place.replaceWith(fresh);
  page.enhance();
  for (const [id, value] of changed) putIn(id, value);
  putBack();
}

/** The page says what is wrong, and is the place to sign in again. Nothing is sent after it. */
function reload(): Promise<void> {
  location.reload();
  return new Promise(() => undefined);
}

const request = (post: Post): RequestInit => ({
  method: "POST",
  body: new URLSearchParams(post.fields as unknown as Record<string, string>),
});

function sayUnreached(place: HTMLElement): void {
  const note = place.querySelector("[data-unreached-note]") ?? document.createElement("p");
  note.className = "note note-error";
  note.setAttribute("role", "alert");
  note.setAttribute("data-unreached-note", "");
  note.textContent = document.body.dataset["unreached"] ?? "";
  place.prepend(note);
}

/** Names the companies by the versions that are shown now: those of before were this person's own change ago. */
function renew(fields: FormData): void {
  const marks = new Map<string, string>();
  for (const one of document.querySelectorAll<HTMLInputElement>("main input[name='company']")) {
    if (/^\d+:/.test(one.value)) marks.set(idOf(one.value), one.value);
  }
  const asked = fields.getAll("company").map(String);
  fields.delete("company");
  for (const mark of asked) fields.append("company", marks.get(idOf(mark)) ?? mark);
}

const fieldsWithId = (place: ParentNode): Field[] => [
  ...place.querySelectorAll<Field>("textarea[id], input[id], select[id]"),
];

/** What fields hold that neither the server nor the form that was sent knows. */
function unsent(values: Map<string, string>): Map<string, string> {
  const found = fieldsWithId(main() ?? document).filter((field) => field.value !== (values.get(field.id) ?? shownAtFirst(field)));
  return new Map(found.map((field) => [field.id, field.value]));
}

function shownAtFirst(field: Field): string {
  if (!(field instanceof HTMLSelectElement)) return field.defaultValue;
  const options = [...field.options];
  return (options.find((one) => one.defaultSelected) ?? options[0])?.value ?? "";
}

function putIn(id: string, value: string): void {
  const field = document.getElementById(id) as Field | null;
  if (!field || field.value === value) return;
  field.value = value;
  if (settling.has(field)) field.dispatchEvent(new Event("change"));
}

const settling = new WeakSet<Field>();
/** What is to be sent once its fields have settled, by the field that changed last. */
const waiting = new Map<object, { field: Field; timer: number; post: () => Post | null }>();

/** Sends what a field is part of once it has kept a new value for a moment. Fields of one `whole` are sent together. */
export function sendWhenSettled(field: Field, whole: object, post: () => Post | null): void {
  settling.add(field);
  field.addEventListener("change", () => {
    window.clearTimeout(waiting.get(whole)?.timer);
    const timer = window.setTimeout(() => settle(whole), field instanceof HTMLInputElement ? TYPED_MS : SOON_MS);
    waiting.set(whole, { field, timer, post });
  });
}

function settle(whole: object): void {
  const one = waiting.get(whole);
  waiting.delete(whole);
  const post = one?.field.isConnected ? one.post() : null; // else its value went over to the page in place of this one
  if (post) send(post);
}

addEventListener("pagehide", () => {
  for (const one of waiting.values()) {
    const post = one.field.isConnected ? one.post() : null;
    if (post) queued.add(post);
  }
  for (const post of queued) void fetch(post.action, { ...request(post), redirect: "manual", keepalive: true });
  queued.clear();
  waiting.clear();
});
