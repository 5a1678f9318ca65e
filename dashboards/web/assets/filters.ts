/**
 * The form of filters, made quick: it opens in a dialog over the page that it is about, and its own buttons and selects
 * redraw it in place. Without this script the same form is a page, and each of its buttons opens it again.
 */

const TYPED_MS = 250;
const SELECTOR = "form[data-filter-form]";

async function formOf(answer: Response): Promise<HTMLFormElement | null> {
  if (answer.redirected || (!answer.ok && answer.status !== 422)) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector<HTMLFormElement>(SELECTOR);
}

function dialog(): HTMLDialogElement {
  const found = document.querySelector<HTMLDialogElement>(".filter-dialog");
  if (found) return found;
  const made = document.createElement("dialog");
  made.className = "filter-dialog";
  document.body.append(made);
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close(); // beside it
  });
  return made;
}

async function openDialog(link: HTMLAnchorElement): Promise<void> {
  const form = await formOf(await fetch(link.href, { headers: { Accept: "text/html" } }));
  if (!form) return location.assign(link.href);
  const box = dialog();
  const close = document.createElement("button");
  close.type = "button";
  close.className = "filter-close";
  close.textContent = "×";
  close.setAttribute("aria-label", document.body.dataset["close"] ?? "");
  close.addEventListener("click", () => box.close());
  box.setAttribute("aria-label", form.querySelector("h1")?.textContent ?? "");
  box.replaceChildren(close, form);
  box.showModal();
  const edited = form.querySelector<HTMLElement>("[data-edited] select") ?? form.querySelector<HTMLElement>("select[data-redraws]");
  edited?.focus();
}

let asked = 0;

/** Sends the form to be drawn anew; of two answers the later question's holds. */
async function redraw(form: HTMLFormElement, what: string): Promise<void> {
  const mine = ++asked;
  const fields = new FormData(form);
  fields.set("do", what);
  const focused = document.activeElement;
  const id = focused instanceof HTMLElement && form.contains(focused) ? focused.id : "";
  form.setAttribute("aria-busy", "true");
  let fresh: HTMLFormElement | null = null;
  try {
    fresh = await formOf(await fetch(form.getAttribute("action") ?? "", { method: "POST", body: new URLSearchParams(fields as unknown as Record<string, string>) }));
  } catch {
    form.removeAttribute("aria-busy");
    return;
  }
  if (mine !== asked) return;
  if (!fresh) return location.reload();
  const typed = id ? form.querySelector<HTMLInputElement>(`#${CSS.escape(id)}`) : null;
  form.replaceWith(fresh);
  const place = id ? fresh.querySelector<HTMLElement>(`#${CSS.escape(id)}`) : null;
  if (place instanceof HTMLInputElement && typed instanceof HTMLInputElement && typed.type === "search") {
    place.value = typed.value; // what was typed while the answer was under way
    place.focus();
    place.setSelectionRange(typed.selectionStart, typed.selectionEnd);
  } else if (place) place.focus();
  else {
    const selects = [...fresh.querySelectorAll<HTMLElement>("select[data-redraws]")];
    selects[what.startsWith("remove") ? 0 : selects.length - 2]?.focus();
  }
}

const formAround = (event: Event): HTMLFormElement | null =>
  event.target instanceof Element ? event.target.closest<HTMLFormElement>(SELECTOR) : null;

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-filters]") : null;
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  openDialog(link).catch(() => location.assign(link.href));
});

document.addEventListener("submit", (event) => {
  const form = formAround(event);
  const button = event.submitter instanceof HTMLButtonElement ? event.submitter.value : "";
  if (!form || !/^(add|group|remove|redraw)\b/.test(button)) return;
  event.preventDefault();
  void redraw(form, button);
});

document.addEventListener("change", (event) => {
  const form = formAround(event);
  const field = event.target;
  if (!form || !(field instanceof HTMLElement)) return;
  if (field.dataset["redraws"] !== undefined) void redraw(form, "redraw");
  if (field instanceof HTMLInputElement && field.type === "checkbox") {
    const typed = field.closest("[data-condition]")?.querySelector<HTMLInputElement>("[data-finds]");
    if (typed) typed.value = ""; // it was for finding this value
  }
});

let waiting = 0;
document.addEventListener("input", (event) => {
  const form = formAround(event);
  if (!form || !(event.target instanceof HTMLInputElement) || event.target.dataset["finds"] === undefined) return;
  clearTimeout(waiting);
  waiting = window.setTimeout(() => void redraw(form, "redraw"), TYPED_MS);
});
