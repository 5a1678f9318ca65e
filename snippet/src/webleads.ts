/**
 * The snippet: tells the collector what a reader does on a page, in under a kilobyte.
 *
 * It sets no cookie, stores nothing but a reader's wish not to be counted, and throws nothing at the page. What it sends
 * is in ../README.md. Every reader pays for every byte of it, so a rule that the server can apply (what a site is, what a
 * referrer means, that a link to mailto: is no outbound one, how deep is 104 %) is not here. Where a shorter form was
 * taken over a plainer one, a comment says what makes it right; the order of keys and words is what compresses best.
 */

/** What a caller may add to an event, by the wire's own keys: props, revenue, interactive, u, … */
type Fields = Record<string, unknown>;

interface Window {
  /** The page's queue before this script has run, and the function that sends events after. */
  webleads?: {
    (name: string, fields?: Fields): void;
    q?: [name: string, fields?: Fields][];
    /** Fields of every event, which the leads module sets once a visitor has agreed. */
    f?: Fields | undefined;
    /** Set on the function of the copy that runs, so that a second copy keeps still. */
    l?: number;
  };
}

try {
  /** Makes a function that cannot throw, whatever a hostile page has done to the browser's own objects. */
  const guard =
    (action: (a?: any, b?: any) => void) =>
    (a?: any, b?: any): void => {
      try {
        action(a, b);
      } catch (e) {}
    };

  const script = document.currentScript as HTMLScriptElement;
  const settings = script.dataset;
  const api = new URL(settings.api || "/api/event", script.src);
  const early: Partial<NonNullable<Window["webleads"]>> = window.webleads || {};

  /** The page that the last pageview told of, empty until one was in view, and the page before it. */
  let page = "";
  let previous = "";

  /** The ms in front since the last engagement event, and when that stretch of it began if it still goes on. */
  let engaged = 0;
  let since: number | false = 0;

  /** The lowest point that was in view, in CSS pixels from the top of the page. */
  let lowest = 0;

  /** How many more times this page may try to send an event again. */
  let tries = 99;

  /** The address, with its fragment only where the site's routes are in it: no address has a space. */
  const here = () => location.href.split("hash" in settings ? " " : "#")[0]!;

  const send: any = guard((name: string, fields?: Fields) => {
    const happened = Date.now();
    const event: Fields = Object.assign(
      {
        h: 1, // Where the fragment is no route, `u` has none that the server could keep.
        u: here(),
        wd: navigator.webdriver,
        // Distinct also where a page has replaced Math.random by a constant.
        id: Math.random() + "" + happened,
        d: settings.domain,
        r: previous || document.referrer,
        w: screen.width,
        n: name,
        t: document.title,
      },
      send.f,
      fields,
    );
    const attempt = guard((): void | Promise<unknown> => {
      const age = (event.age = Date.now() - happened);
      const body = JSON.stringify(event);
      // Waits as long again as the event is old, so that a service that is down is asked ever more rarely.
      // What fetch fails with has no status.
      const retry = (answer: any = 0) =>
        answer.status < 429 || age > 36e5 || tries-- < 0 || setTimeout(attempt, 5e3 + age);
      // Where fetch is missing, broken or would not outlive the page, an image's address tells the event. What has no
      // fields, as the first pageview, is not sent on leaving: it spares the page the browser's making of Request.
      try {
        if (!fields || "keepalive" in Request.prototype)
          return fetch(api, { body, keepalive: 1 as any, method: "POST" }).then(retry, retry);
      } catch (e) {}
      new Image().src = api + "?" + encodeURIComponent(body);
    });
    // An event of a page that nobody has seen yet waits until somebody might have.
    page ? attempt() : setTimeout(attempt, 5e3);
  });

  /** Takes stock after anything that may have changed the time in front, the scroll position or the address. */
  const look = guard((cause: any) => {
    const now = performance.now();
    if (since) {
      engaged += now - since;
      // Not on load, when it would have the browser lay out the page before its time.
      lowest = Math.max(lowest, scrollY + innerHeight);
    }
    since = !document.hidden && document.hasFocus() && now;

    if (document.hidden || cause.persisted || here() != page) {
      if (engaged > 99)
        send("engagement", { u: page, e: engaged, sd: (lowest / document.body.scrollHeight) * 100 });
      engaged = 0;
      if (!document.hidden) {
        previous = page;
        page = here();
        lowest = 0;
        // A router sets the title after the address: wait for it. The `e` tells the server that no document was loaded,
        // so that it need not count what is the same page with another query; which parameters are its site's, it knows.
        previous ? setTimeout(send, 99, "pageview", { u: page, e: engaged }) : send("pageview");
      }
    }

    // A form is told of when it is sent, anything else when it is clicked, but not by the right button. The walk up
    // from the target ends above the page's root, which has no dataset. A form is what has a method.
    const submits = cause.type == "submit";
    for (let element = (submits || cause.button < 2) && cause.target; element.dataset; ) {
      if (submits != !element.method) {
        const props: Record<string, string | null> = { url: element.href };
        for (const attribute of element.attributes) {
          const key = attribute.name.split("webleads-")[1];
          if (key) props[key] = attribute.value;
        }
        // A field called "name" or "id" hides the form's own property, but not its attribute.
        if (submits) props.form = element.getAttribute("name") || element.getAttribute("id");
        const name =
          element.dataset.webleads ||
          (submits
            ? "Form: Submission"
            : (/\.(avi|exe|rtf|rar|key|xls|mid|wav|7z|pdf|zip|dmg|csv|gz|pp.|mp.|pkg|wm.|txt|doc|mov)\w?$/i.test(
                element.pathname,
              )
                ? "File Download"
                : element.host != location.host && /^[hmt]/.test(element.protocol) && "Outbound Link: Click"));
        // The server takes of the revenue what is there of amount and currency.
        if (name) send(name, { props, revenue: props });
      }
      element = element.parentNode;
    }
  });

  // A link to ?webleads=off opts this browser out, and =on in again. The flag of the copy that runs serves for it: who is
  // not counted is counted already. Where storage is closed to the page this throws, and nobody can have opted out.
  try {
    const word = location.href.split("webleads=")[1];
    if (word) {
      alert("webleads=" + word);
      word == "off" ? (localStorage.webleads = 1) : delete localStorage.webleads;
    }
    early.l! |= localStorage.webleads;
  } catch (e) {}

  if (!early.l) {
    early.l = 1;
    window.webleads = Object.assign(send, early);

    for (const type of "submit blur scroll visibilitychange click pageshow focus auxclick popstate".split(" "))
      addEventListener(type, look, 1 as any);
    for (const name of "replaceState pushState".split(" ") as ("pushState" | "replaceState")[]) {
      const original = history[name];
      history[name] = (...move: any) => {
        original.apply(history, move);
        look(0);
      };
    }

    look(0);
    if (404 in settings) send("404");
    // Not left to throw where there is no queue: an error's message has the browser parse all this again, for 1 ms.
    for (const call of early.q || "") send(...call);
  }
} catch (e) {}
