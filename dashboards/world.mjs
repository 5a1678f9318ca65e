/**
 * Makes the shapes of the world's map of Natural Earth's countries, as the package world-atlas has them (TopoJSON).
 *
 * The projection is Equal Earth (https://doi.org/10.1080/13658816.2018.1504949): an area of the map is a share of the
 * land. A country is an SVG path of whole numbers in a box `WIDTH` wide; one too small to be seen is a point beside it.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const WIDTH = 1000;
// A country that covers less than this, in squares of the box, is hard to see and to point at.
const SMALL_AREA = 14;
// What has no code of ISO 3166-1 in the source, as databases of places count it.
const OTHER_CODES = { Kosovo: "XK", "N. Cyprus": "CY", Somaliland: "SO" };
// Parts of a country that have a code of their own in ISO 3166-1, by a place near them: the source does not part them.
const PARTS = {
  250: { 254: [-53, 4], 312: [-61.5, 16.2], 474: [-61, 14.7], 638: [55.5, -21.1], 175: [45.2, -12.8] },
};
const NEAR_DEGREES = { 254: 4, 312: 0.8, 474: 0.7, 638: 2, 175: 2 };
// No visit comes from there, and it would take a fifth of the map's height.
const LEFT_OUT = new Set(["010"]);

const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const ROOT3 = Math.sqrt(3);

function equalEarth([longitude, latitude]) {
  const radians = Math.PI / 180;
  const theta = Math.asin((ROOT3 / 2) * Math.sin(latitude * radians));
  const squared = theta * theta;
  const sixth = squared ** 3;
  const x = (2 * ROOT3 * longitude * radians * Math.cos(theta)) / (3 * (9 * A4 * sixth * squared + 7 * A3 * sixth + 3 * A2 * squared + A1));
  return [x, -theta * (A1 + A2 * squared + sixth * (A3 + A4 * squared))];
}

// The map's edge runs through the Bering Strait, so that no country lies on both sides of it.
const MIDDLE_LONGITUDE = 11.2;
const LEFT = equalEarth([-180, 0])[0];
const TOP = equalEarth([0, 84])[1];
const SCALE = WIDTH / (-2 * LEFT);

const onGrid = (place) => {
  const [x, y] = equalEarth(place);
  return [Math.round((x - LEFT) * SCALE), Math.round((y - TOP) * SCALE)];
};

/** The arcs of a topology in degrees. */
function arcsOf({ arcs, transform: { scale, translate } }) {
  return arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0] - MIDDLE_LONGITUDE, (y += dy) * scale[1] + translate[1]]);
  });
}

const from = (longitude, near) => longitude - 360 * Math.round((longitude - near) / 360);

/** A ring on the grid. The source's rings run on over the 180th meridian: each stays on the side of its first point. */
function ringOf(arcs, indexes) {
  const places = indexes.flatMap((index) => (index < 0 ? [...arcs[~index]].reverse() : arcs[index]).slice(0, -1));
  let near = from(places[0][0], 0);
  const points = places.map(([longitude, latitude]) => onGrid([(near = from(longitude, near)), latitude]));
  return points.filter(([x, y], index) => index === 0 || x !== points[index - 1][0] || y !== points[index - 1][1]);
}

const areaOf = (ring) =>
  Math.abs(ring.reduce((sum, [x, y], index) => sum + x * ring[(index + 1) % ring.length][1] - ring[(index + 1) % ring.length][0] * y, 0)) / 2;

/** Without the points on a straight line between their neighbours. */
const withoutStraight = (ring) =>
  ring.filter(([x, y], index) => {
    const [before, after] = [ring.at(index - 1), ring[(index + 1) % ring.length]];
    return (x - before[0]) * (after[1] - y) !== (y - before[1]) * (after[0] - x);
  });

function pathOf(ring) {
  const [start, ...others] = withoutStraight(ring);
  let [x, y] = start;
  const steps = others.map(([px, py]) => {
    const step = `${px - x}${py < y ? "" : " "}${py - y}`;
    [x, y] = [px, py];
    return step;
  });
  return `M${start[0]} ${start[1]}l${steps.join(" ").replaceAll(" -", "-")}z`;
}

const middleOf = (ring) => [0, 1].map((axis) => Math.round(ring.reduce((sum, point) => sum + point[axis], 0) / ring.length));

/** The code of a ring of a country: its own, or that of the part that it is. */
function codeOf(country, [longitude, latitude]) {
  const isNear = ([code, [east, north]]) => Math.hypot(longitude + MIDDLE_LONGITUDE - east, latitude - north) < NEAR_DEGREES[code];
  return Object.entries(PARTS[country] ?? {}).find(isNear)?.[0] ?? country;
}

/** The rings of each code on the grid. Those of several shapes with one code are together; "" is what has none. */
function ringsByCode(topology) {
  const arcs = arcsOf(topology);
  const found = {};
  for (const { id, type, arcs: parts, properties } of topology.objects.countries.geometries) {
    if (LEFT_OUT.has(id) || !parts) continue;
    const country = id ?? OTHER_CODES[properties.name] ?? "";
    for (const indexes of (type === "Polygon" ? [parts] : parts).flat()) {
      const first = arcs[indexes[0] < 0 ? ~indexes[0] : indexes[0]][0];
      (found[codeOf(country, first)] ??= []).push(ringOf(arcs, indexes));
    }
  }
  return found;
}

function shapeOf(rings) {
  const seen = rings.filter((ring) => areaOf(ring) >= 1);
  const path = seen.map(pathOf).join("");
  if (seen.reduce((sum, ring) => sum + areaOf(ring), 0) >= SMALL_AREA) return { path };
  return { path, point: middleOf(rings.sort((one, other) => areaOf(other) - areaOf(one))[0]) };
}

/** The map: `width`, `height`, the `notice` of its licence, and by numeric code the `path` of each country, and the `point` of a small one. */
export function world() {
  const folder = dirname(createRequire(import.meta.url).resolve("world-atlas/package.json"));
  const rings = ringsByCode(JSON.parse(readFileSync(join(folder, "countries-50m.json"), "utf8")));
  const height = 1 + Math.max(...Object.values(rings).flat(2).map(([, y]) => y));
  const countries = Object.fromEntries(Object.entries(rings).map(([code, found]) => [code, shapeOf(found)]));
  return { notice: readFileSync(join(folder, "LICENSE"), "utf8"), width: WIDTH, height, countries };
}
