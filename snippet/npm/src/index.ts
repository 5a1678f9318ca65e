/**
 * Loads the snippet from the publisher's own server and hands events to it.
 *
 * The snippet itself is not in this package: the server's own version is loaded, so that both always fit. On a server
 * (no `window`) nothing happens, so the package may be imported by code that also renders there.
 */

export interface Options {
  /** Where webleads-tracker answers, such as `https://stats.example.com`. */
  server: string;
  /** The site's name in webleads-tracker; the page's host when it is left out. */
  domain?: string;
  /** The script's path on the server, when it was given a name of its own. */
  script?: string;
  /** The path or address that events go to, when it is another than the server's `/api/event`. */
  event?: string;
  /** Whether the part of the address after `#` is a page of its own. */
  hash?: boolean;
}

export interface EventFields {
  /** Words and numbers of your own that belong to the event. */
  props?: Record<string, string | number | boolean>;
  /** What the event is worth; `currency` is an ISO 4217 code. */
  revenue?: { amount: number | string; currency: string };
  /** `false` leaves a visit with this event alone a bounce. */
  interactive?: boolean;
  /** The page's address, when it is another than the one that is shown. */
  u?: string;
}

type Call = [name: string, fields?: EventFields];

interface Queue {
  (...call: Call): void;
  q?: Call[];
}

interface Counted {
  webleads?: Queue;
}

/** The snippet, or before it has loaded a queue that it empties. */
function queue(): Queue {
  const page = window as Window & Counted;
  if (!page.webleads) {
    const waiting: Queue = (...call) => {
      (waiting.q = waiting.q || []).push(call);
    };
    page.webleads = waiting;
  }
  return page.webleads;
}

/** Begins counting this page and those that follow it in the same document. Calling it again changes nothing. */
export function start(options: Options): void {
  if (typeof window === "undefined" || document.getElementById("webleads-tracker")) return;
  queue();
  const server = options.server.replace(/\/+$/, "");
  const script = document.createElement("script");
  script.id = "webleads-tracker";
  script.src = server + (options.script || "/js/webleads.js");
  if (options.domain) script.dataset.domain = options.domain;
  if (options.event) script.dataset.api = new URL(options.event, `${server}/`).href;
  if (options.hash) script.dataset.hash = "";
  (document.head || document.documentElement).appendChild(script);
}

/** Sends an event of your own. It may be called before `start`, and before the script has loaded. */
export function track(name: string, fields?: EventFields): void {
  if (typeof window !== "undefined") queue()(name, fields);
}
