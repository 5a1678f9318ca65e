/**
 * What the map of the world does beyond its links: a tip beside the pointer and the focus, and one stop of the keyboard
 * for the whole map, within which the arrow keys go from country to country, the one with the most visitors first.
 */

const GAP = 14;

function followMap(map: SVGSVGElement): void {
  const figure = map.closest("figure");
  const tip = figure?.querySelector<HTMLElement>("[data-map-tip]");
  if (!figure || !tip) return;
  const countries = [...map.querySelectorAll<SVGAElement>("a")];

  const show = (country: Element, x: number, y: number): void => {
    tip.textContent = country.getAttribute("aria-label");
    tip.hidden = false;
    const box = figure.getBoundingClientRect();
    const room = box.width - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(x - box.left - tip.offsetWidth / 2, room))}px`;
    const above = y - box.top - tip.offsetHeight - GAP;
    tip.style.top = `${above < 0 ? y - box.top + GAP : above}px`;
  };
  const hide = (): void => {
    tip.hidden = true;
  };
  const countryOf = (event: Event): SVGAElement | null =>
    event.target instanceof Element ? event.target.closest<SVGAElement>("a") : null;

  map.addEventListener("pointermove", (event) => {
    const country = countryOf(event);
    if (country) show(country, event.clientX, event.clientY);
    else hide();
  });
  map.addEventListener("pointerleave", hide);
  map.addEventListener("focusin", (event) => {
    const country = countryOf(event);
    if (!country || !country.matches(":focus-visible")) return;
    const box = country.getBoundingClientRect();
    show(country, box.left + box.width / 2, box.top);
  });
  map.addEventListener("focusout", hide);

  const stopAt = (country: SVGAElement | undefined): void => {
    for (const one of countries) one.setAttribute("tabindex", one === country ? "0" : "-1");
  };
  map.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const here = countries.indexOf(document.activeElement as SVGAElement);
    const steps: Record<string, number> = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: countries.length - 1 };
    const next = countries[steps[event.key] ?? -1];
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere on the page the arrows change the period
    if (!next) return;
    stopAt(next);
    next.focus();
  });
  stopAt(countries[0]);
  for (const title of map.querySelectorAll("title")) title.remove(); // the tip says the same at once
}

for (const map of document.querySelectorAll<SVGSVGElement>("svg[data-map]")) followMap(map);
