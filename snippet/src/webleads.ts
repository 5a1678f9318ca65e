/**
 * The snippet: tells the collector what a reader does on a page, in under a kilobyte.
 *
 * It sets no cookie, stores nothing and throws nothing at the page. What it sends is in ../README.md. Every reader pays
 * for every byte of it, so a rule that the server can apply (what a site is, what a referrer means) is not here.
 */

/** What a caller may add to an event, by the wire's own keys: props, revenue, interactive, u, … */
type Fields = Record<string, unknown>;
type Track = { (name: string, fields?: Fields): void; q: [string, Fields?][]; loaded?: boolean; vid?: string };

interface Window {
  webleads: Track;
}

(() => {
  /** Makes a function that cannot throw, whatever a hostile page has done to the browser's own objects. */
  const guard =
    (action: (a?: any, b?: any) => void) =>
    (a?: any, b?: any): void => {
      try {
        action(a, b);
      } catch (e) {}
    };

  guard(() => {
    const script = document.currentScript as HTMLScriptElement;
    const settings = script.dataset;
    const api = new URL(settings.api || "/api/event", script.src);
    const early = window.webleads || {};

    /** The page that the last pageview told of, and the one before it. Empty until a first one was in view. */
    let page = "";
    let previous = "";

    /** The ms in front since the last engagement event, and when the page came to the front if it still is. */
    let engaged = 0;
    let since: number | false = 0;

    /** The lowest point that was in view, in CSS pixels from the top of the page. */
    let lowest = 0;

    /** What is to be sent again. */
    const waiting: (() => void)[] = [];
    const resend = () => waiting.splice(0).forEach((attempt) => attempt());

    /** The address, without its fragment unless the site's routes are in it. */
    const here = () => ("hash" in settings ? location.href : location.href.split("#")[0]!);

    const send = guard((name: string, fields?: Fields) => {
      const happened = Date.now();
      const attempt = () => {
        const age = Date.now() - happened;
        // Waits as long again as the event is old: a service that is down is asked ever more rarely, for an hour.
        const retry = () =>
          age > 36e5 || waiting[49] || waiting.push(attempt) > 1 || setTimeout(resend, age + 5e3);
        const body = JSON.stringify(Object.assign(event, { age }));
        if ("keepalive" in Request.prototype)
          fetch(api, { method: "POST", keepalive: true, body }).then(
            (response) => (response.status > 428 ? retry() : resend()),
            retry,
          );
        else navigator.sendBeacon(api, body);
      };
      const event = Object.assign(
        {
          n: name,
          u: here(),
          d: settings.domain,
          r: previous || document.referrer,
          t: document.title,
          l: navigator.language,
          w: screen.width,
          h: 1,
          wd: navigator.webdriver,
          vid: (send as Track).vid,
          id: Math.random().toString(36).slice(2),
        },
        fields,
      );
      page ? attempt() : waiting.push(attempt);
    }) as Track;

    /** Tells of a click on a link or on a tagged element, or of a form that is sent. */
    const react = (target: HTMLElement, submits: boolean) => {
      const tagged = target.closest<HTMLElement>(submits ? "form" : ":not(form)[data-webleads]");
      if (tagged) {
        const props: Record<string, string | null> = {};
        for (const { name, value } of tagged.attributes) {
          const key = name.split("data-webleads-")[1];
          if (key) props[key] = value;
        }
        // A field called "name" or "id" hides the form's own property, not its attribute.
        if (submits) props.form = tagged.getAttribute("name") || tagged.getAttribute("id");
        send(tagged.dataset.webleads || "Form: Submission", { props, revenue: props.amount && props });
      }

      const link = target.closest<HTMLAnchorElement>("a[href]");
      if (link) {
        const { href, protocol, host } = link;
        const name =
          protocol == "mailto:"
            ? "Email: Click"
            : protocol == "tel:"
              ? "Phone: Click"
              : /\.(pdf|xlsx?|docx?|pptx?|pps|key|txt|rtf|csv|zip|rar|7z|gz|exe|dmg|pkg|avi|mov|mp[34]|mpeg|midi?|wav|wm[av])$/i.test(link.pathname)
                ? "File Download"
                : host && host != location.host && "Outbound Link: Click";
        if (name) send(name, { props: { url: href } });
      }
    };

    /** Takes stock after whatever may have changed the time in front, the scroll position or the address. */
    const look = guard((cause: any) => {
      const now = performance.now();
      const { hidden } = document;
      if (since) engaged += now - since;
      since = !hidden && document.hasFocus() && now;
      lowest = Math.max(lowest, scrollY + innerHeight);
      if (hidden || cause.persisted || here() != page) {
        if (engaged)
          send("engagement", {
            u: page,
            e: engaged | 0,
            sd: Math.min(100, (lowest / document.documentElement.scrollHeight) * 100 + 0.5 | 0),
          });
        engaged = 0;
        if (!hidden) {
          lowest = 0;
          previous = page;
          page = here();
          // A router sets the title after the address: wait for it.
          previous ? setTimeout(send, 100, "pageview", { u: page }) : send("pageview");
        }
      }
      const submits = cause.type == "submit";
      if (cause.type == "online") resend();
      // The right button opens a menu, not the link.
      if (submits || cause.button < 2) react(cause.target, submits);
    });

    if (early.loaded) return;
    window.webleads = send;
    send.loaded = true;

    for (const type of "visibilitychange focus blur pageshow scroll popstate online click auxclick submit".split(" "))
      addEventListener(type, look, true);
    for (const name of ["pushState", "replaceState"] as const) {
      const original = history[name];
      history[name] = function () {
        original.apply(this, arguments as any);
        look(0);
      };
    }
    look(0);
    if ("404" in settings) send("404", { props: { path: location.pathname } });
    // Where the page has no queue this throws, and that is the end of it.
    for (const call of early.q) send(...call);
  })();
})();
