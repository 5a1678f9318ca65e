/** Asks every second whether the first hit of a site has come, and says so on the page. */

const ASK_EVERY_MS = 1000;

interface Answer {
  received: boolean;
  page: string | null;
  when: string | null;
  problem: string | null;
}

function show(box: HTMLElement, answer: Answer): void {
  box.classList.toggle("waiting-done", answer.received);
  for (const name of ["page", "when", "problem"] as const) {
    const element = box.querySelector<HTMLElement>(`[data-${name}]`);
    // Only what changed, so that a screen reader says it once.
    if (element && element.textContent !== (answer[name] ?? "")) element.textContent = answer[name] ?? "";
  }
  const problem = box.querySelector<HTMLElement>("[data-problem]");
  if (problem) problem.hidden = !answer.problem;
  for (const one of document.querySelectorAll<HTMLElement>("[data-while-waiting]")) one.hidden = answer.received;
  for (const one of document.querySelectorAll<HTMLElement>("[data-once-received]")) one.hidden = !answer.received;
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
