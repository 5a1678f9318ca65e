/**
 * Asks every second how far the fetch of the geo databases is, and says so on the page. A page that has the box was made
 * when there were none: once they are here, however quickly, it is loaded anew.
 */

const ASK_EVERY_MS = 1000;

interface Answer {
  running: boolean;
  done: boolean;
  words: string;
}

export function followGeoFetch(box: HTMLElement): void {
  const ask = async (): Promise<void> => {
    let running = true;
    try {
      const response = await fetch(box.dataset["geo"] ?? "");
      if (response.ok) {
        const answer = (await response.json()) as Answer;
        const words = box.querySelector<HTMLElement>("[data-geo-words]");
        if (words && words.textContent !== answer.words) words.textContent = answer.words;
        running = answer.running;
        if (!running && answer.done) location.reload();
        else if (!running) for (const one of document.querySelectorAll<HTMLButtonElement>(".geo-fetch + form button")) one.disabled = false;
      }
    } catch {
      // the service restarts, or the network is away: the next try tells
    }
    if (running) setTimeout(() => void ask(), ASK_EVERY_MS);
  };
  void ask();
}
