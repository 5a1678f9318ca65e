/**
 * The leads module: tells which company a reader is from, for those who agreed to it, and nothing at all for others.
 *
 * It stands before the snippet in the page and loads only where it is used. Until the reader agrees it stores nothing
 * and sends nothing; what a form or a newsletter's link said waits in memory. With consent it keeps a visitor's id, the
 * domain of their address and their company in this browser for 13 months at most; withdrawal removes them at once.
 * The fields that it adds to events are in ../README.md.
 */

{
  /** What is kept in the browser of a reader who agreed: the id, when it was made, and what each event bears. */
  interface Kept {
    id: string;
    at: number;
    email?: string;
    company?: string;
    token?: string;
  }

  const KEY = "webleadsId";
  /** CNIL: a choice holds, and an id lives, for 13 months at most. */
  const LONGEST_MS = 395 * 864e5;

  const page = window as any;
  const script = document.currentScript as HTMLScriptElement | null;
  const manager = script?.dataset.consent;
  const choice = script?.dataset.consentName;
  const stub = function () {
    (stub.q = stub.q || []).push(arguments);
  } as any;
  const webleads = (page.webleads = page.webleads || stub);
  /** The snippet adds these to each event; the object stays the same one when the snippet takes over the queue. */
  const fields: Record<string, unknown> = (webleads.f = webleads.f || {});

  /** What the reader said of themselves before they agreed or, with `token`, what the link that they followed says. */
  let waiting: Partial<Kept> = {};
  let agreed = false;

  /** Storage may be closed to the page: then consent lasts as long as the page. */
  const storage = (action: (storage: Storage) => unknown): any => {
    try {
      return action(localStorage);
    } catch (e) {}
  };
  const isOptedOut = () => storage((local) => local.webleads);
  const recall = (): Kept | undefined => {
    try {
      const kept = JSON.parse(storage((local) => local.getItem(KEY)));
      if (Date.now() - kept.at < LONGEST_MS) return kept;
    } catch (e) {}
    storage((local) => local.removeItem(KEY));
    return undefined;
  };

  const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");

  /** Keeps what was said and puts it into every event from now on; of an address only the domain. */
  const keep = (said: Partial<Kept>) => {
    const kept: Kept = { ...(recall() || { id: (fields.vid as string) || newId(), at: Date.now() }), ...said };
    if (kept.email) kept.email = kept.email.slice(kept.email.lastIndexOf("@"));
    storage((local) => local.setItem(KEY, JSON.stringify(kept)));
    const { id, at, ...words } = kept;
    Object.assign(fields, { consent: 1, vid: id }, words);
  };

  const tell = (said: Partial<Kept>) => page.webleads("Identify", { ...said, interactive: false });

  const consent = (yes: boolean) => {
    if (!yes) {
      agreed = false;
      waiting = {};
      storage((local) => local.removeItem(KEY));
      for (const name in fields) delete fields[name];
    } else if (!agreed && !isOptedOut()) {
      agreed = true;
      keep(waiting);
      // Where the snippet has not told of the page yet, the page's own event bears it.
      if (page.webleads.l && Object.keys(waiting).length) tell(waiting);
      waiting = {};
    }
  };

  const identify = (who: { email?: string; company?: string }) => {
    const said: Partial<Kept> = {};
    for (const name of ["email", "company"] as const) if (who[name]) said[name] = String(who[name]).trim();
    if (!Object.keys(said).length || isOptedOut()) return;
    if (!agreed) {
      Object.assign(waiting, said);
      return;
    }
    keep(said);
    tell(said);
  };

  /** Takes the token of a newsletter's link out of the address, so that it is neither counted nor handed on. */
  const takeToken = () => {
    const [before = "", token, after = ""] = location.href.split(/[?&]wl=([\w.-]+)/);
    if (!token) return;
    waiting.token = token;
    // Where the snippet runs already, a change of the address would be another page.
    if (!webleads.l) history.replaceState(history.state, "", before + after.replace(/^&/, before.includes("?") ? "&" : "?"));
  };

  /** A form with `data-identify` says who sends it: its email field, and the one for the organisation. */
  const readForm = (form: HTMLFormElement) => {
    if (!form.hasAttribute("data-identify")) return;
    const said: Record<string, string> = {};
    for (const field of Array.from(form.elements) as HTMLInputElement[]) {
      const words = `${field.name} ${field.autocomplete}`;
      if (field.hasAttribute("data-consent") && field.checked) consent(true);
      else if (field.type == "email" || /\bemail\b/i.test(words)) said.email = field.value;
      else if (/compan|organi[sz]ation|soci[eé]t[eé]|entreprise/i.test(words)) said.company = field.value;
    }
    identify(said);
  };

  /** How each consent manager says what the reader chose; `name` is the service, vendor, category or type. */
  const managers: Record<string, () => void> = {
    // The page had the reader's agreement before it put this script into itself.
    given: () => consent(true),

    // https://tarteaucitron.io/en/install/: a service of one's own, which needs consent.
    tarteaucitron() {
      const name = choice || "webleads";
      const manager = page.tarteaucitron;
      document.addEventListener(`${name}_allowed`, () => consent(true));
      document.addEventListener(`${name}_disallowed`, () => consent(false));
      manager.services[name] = {
        key: name,
        type: "analytic",
        name: "Webleads",
        uri: new URL("/", script!.src).href,
        needConsent: true,
        cookies: [],
        js: () => consent(true),
        fallback: () => consent(false),
      };
      (manager.job = manager.job || []).push(name);
    },

    // https://developers.axeptio.eu/cookies/axeptio-javascript-sdk
    axeptio() {
      (page._axcb = page._axcb || []).push((sdk: any) =>
        sdk.on("cookies:complete", (choices: any) => consent(!!choices[choice || "webleads"])),
      );
    },

    // https://www.cookiebot.com/en/developer/
    cookiebot() {
      const look = () => {
        if (page.Cookiebot?.hasResponse) consent(page.Cookiebot.consent[choice || "statistics"]);
      };
      for (const event of ["ConsentReady", "Accept", "Decline"]) addEventListener(`CookiebotOn${event}`, look);
      look();
    },

    // https://developers.google.com/tag-platform/security/guides/consent: commands in the data layer. A default that
    // denies only says that nobody has chosen yet, so it withdraws nothing.
    google() {
      const layer = (page.dataLayer = page.dataLayer || []);
      const take = (command: any) => {
        const state = command?.[0] == "consent" && command[2]?.[choice || "analytics_storage"];
        if (state == "granted" && !command[2].region) consent(true);
        if (state == "denied" && command[1] == "update") consent(false);
      };
      const push = layer.push;
      layer.push = function (...commands: any[]) {
        const length = push.apply(layer, commands);
        commands.forEach(take);
        return length;
      };
      layer.slice().forEach(take);
    },
  };

  try {
    if (!webleads.consent) {
      Object.assign(webleads, { consent, identify });
      takeToken();
      if (recall()) consent(true);
      addEventListener("submit", (event) => readForm(event.target as HTMLFormElement), true);
      if (manager) managers[manager]?.();
    }
  } catch (e) {}
}
