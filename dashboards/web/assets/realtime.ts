/** Asks every five seconds what happens now and puts it in place; rests while the tab is in the background. */

const ASK_EVERY_MS = 5000;

export function followNow(box: HTMLElement): void {
  let shown = "";
  let timer = 0;

  const put = (html: string): void => {
    if (html === shown) return;
    shown = html;
    const open = [...box.querySelectorAll<HTMLElement>("details[open][data-kept]")].map((one) => one.dataset["kept"]);
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const one of fresh.querySelectorAll<HTMLDetailsElement>("details[data-kept]")) one.open = open.includes(one.dataset["kept"]);
    box.replaceChildren(...fresh.body.childNodes);
  };

  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    if (document.hidden) return; // asked again when the tab is in front
    try {
      // The browser sends the ETag that it has, and a 304 costs nothing.
      const answer = await fetch(box.dataset["now"] ?? "");
      if (answer.redirected || answer.status === 404) {
        location.reload(); // signed out, or the site is gone
        return;
      }
      // Nothing moves under the fingers of whoever is reading a row by keyboard.
      if (answer.ok && !box.contains(document.activeElement)) put(await answer.text());
    } catch {
      // the service restarts, or the network is away: the next try tells
    }
    timer = window.setTimeout(() => void ask(), ASK_EVERY_MS);
  };

  document.addEventListener("visibilitychange", () => void ask());
  timer = window.setTimeout(() => void ask(), ASK_EVERY_MS);
}
