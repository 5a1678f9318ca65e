/** Asks every second whether the first hit of a site has come, and says so on the page. */

const ASK_EVERY_MS = 1000;

interface Answer {
  received: boolean;
  page: string | null;
  when: string | null;
  not_counted: string | null;
}

function show(box: HTMLElement, answer: Answer): void {
  box.classList.toggle("waiting-done", answer.received);
  const put = (place: string, text: string | null): void => {
    const element = box.querySelector(`[data-${place}]`);
    if (element) element.textContent = text ?? "";
  };
  put("page", answer.page);
  put("when", answer.when);
  put("refused", answer.not_counted);
  const refused = box.querySelector<HTMLElement>(".waiting-refused");
  if (refused) refused.hidden = !answer.not_counted;
}

export function waitForFirstHit(box: HTMLElement): void {
  const ask = async (): Promise<void> => {
    if (!document.hidden) {
      try {
        const response = await fetch(box.dataset["waiting"] ?? "");
        if (response.ok) show(box, (await response.json()) as Answer);
      } catch {
        // the service restarts, or the network is away: the next try tells
      }
    }
    if (!box.classList.contains("waiting-done")) setTimeout(() => void ask(), ASK_EVERY_MS);
  };
  void ask();
}
