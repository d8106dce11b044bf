// The series of the machine on the page: a stretch of history, and what came since.

import { changed } from './store.js';

const pointsMax = 4000;
const atOnceMax = 4;
const refreshMs = 3000;

export const ranges = { 60: '1 min', 600: '10 min', 3600: '1 h', 86400: '1 day', all: 'All' };

const series = new Map();
let range = '600';
let machine = null;
let turn = 0;
let running = 0;
const waiting = [];

export const currentRange = () => range;
export const seriesOf = id => series.get(id);

/** What the pointer stands on. */
export const hover = { id: null, text: '' };

export function setRange(value) {
  range = value;
  reset(machine);
}

export function reset(key) {
  machine = key;
  turn++;
  series.clear();
  waiting.length = 0;
  changed();
}

/** Asks for what a series lacks up to its newest time; cheap to call with every drawing. */
export function want(id, newestUs) {
  let known = series.get(id);
  if (!known) {
    known = { points: [], newestUs: null, askedMs: 0, isAsking: false, fault: null, isCut: false };
    series.set(id, known);
  }

  if (!known.isAsking && newestUs !== known.newestUs && Date.now() - known.askedMs >= (known.fault ? refreshMs * 3 : refreshMs)) {
    known.isAsking = true;
    waiting.push([turn, id, newestUs, known]);
    next();
  }

  return known;
}

function next() {
  while (running < atOnceMax && waiting.length) {
    running++;
    load(...waiting.shift()).finally(() => {
      running--;
      next();
    });
  }
}

async function load(at, id, newestUs, known) {
  try {
    const startUs = range === 'all' ? null : newestUs - Number(range) * 1e6;
    const last = known.points.at(-1);
    if (last && last.t <= newestUs && (startUs === null || last.t >= startUs)) {
      const more = await read(id, last.t + 1, newestUs);
      if (at === turn) {
        known.points = more.isCut ? await window(id, newestUs, more) : [...known.points, ...more.points];
        known.isCut ||= more.isCut;
      }
    } else {
      const whole = await read(id, startUs, newestUs);
      known.isCut = whole.isCut;
      known.points = whole.isCut ? await window(id, newestUs, whole) : whole.points;
    }

    const fromUs = startUs ?? -Infinity;
    known.points = known.points.filter(point => point.t >= fromUs).slice(-pointsMax * 2);
    known.newestUs = newestUs;
    known.fault = null;
  } catch (fault) {
    known.fault = fault.message;
  } finally {
    known.askedMs = Date.now();
    known.isAsking = false;
    changed();
  }
}

/** More points than a page can hold: as long a stretch as held that many, up to the newest. */
async function window(id, newestUs, cut) {
  const first = cut.points[0].t;
  const spanUs = cut.points.at(-1).t - first;
  return (await read(id, newestUs - Math.floor(spanUs * 0.95), newestUs)).points;
}

async function read(id, fromUs, toUs) {
  const query = new URLSearchParams({ to: String(toUs), max: String(pointsMax) });
  if (fromUs !== null) {
    query.set('from', String(fromUs));
  }

  const answer = await fetch(`api/v1/machines/${machine}/${pathOf(id)}?${query}`, { signal: AbortSignal.timeout(10000) });
  if (!answer.ok) {
    throw new Error((await answer.json().catch(() => null))?.detail ?? `The server answered ${answer.status}.`);
  }

  const found = await answer.json();
  return { points: found.timesUs.map((t, index) => ({ t, v: found.values[index] })), isCut: found.more };
}

/** "channels:name" or "features:analysis/feature" as a path. */
function pathOf(id) {
  const at = id.indexOf(':');
  const kind = id.slice(0, at);
  const name = id.slice(at + 1);
  if (kind === 'channels') {
    return `channels/${encodeURIComponent(name)}`;
  }

  const slash = name.indexOf('/');
  return `features/${encodeURIComponent(name.slice(0, slash))}/${encodeURIComponent(name.slice(slash + 1))}`;
}
