/** The first cut: one pageview a load, and events by call. */
((win, doc) => {
  const script = doc.currentScript as HTMLScriptElement | null;
  if (!script) return;
  const send = (name: string, options: { props?: object; revenue?: object } = {}) =>
    fetch(script.dataset.api || new URL(script.src).origin + "/api/event", {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "text/plain" },
      body: JSON.stringify({
        n: name, u: location.href, d: script.dataset.domain, r: doc.referrer, t: doc.title, l: navigator.language,
        w: screen.width, id: crypto.randomUUID?.(), p: options.props, $: options.revenue,
      }),
    }).catch(() => 0);
  const queued = (win as any).webleads?.q || [];
  (win as any).webleads = send;
  send("pageview");
  for (const call of queued) send.apply(null, call);
})(window, document);
