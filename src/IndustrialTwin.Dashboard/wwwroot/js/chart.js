// Trends as SVG, drawn from the extremes of each pixel column, so that no peak is lost however many points there are.

import { h } from './dom.js';
import { number, moment } from './format.js';

const width = 360;
const height = 96;

/** A trend: points {t, v} in time order, an optional limit. Answers null where there is nothing to draw. */
export function chart(label, points, limit, unit) {
  const finite = points.filter(point => point.v !== null);
  if (finite.length < 2) {
    return h('p.quiet.nochart', null, finite.length === 0 ? 'No points in this stretch.' : 'One point only: a trend needs two.');
  }

  const from = finite[0].t;
  const to = finite.at(-1).t;
  let low = Infinity;
  let high = -Infinity;
  for (const { v } of finite) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }

  const spread = high - low;
  const near = limit !== null && limit !== undefined && limit >= low - spread * 2 && limit <= high + spread * 2;
  let bottom = near ? Math.min(low, limit) : low;
  let top = near ? Math.max(high, limit) : high;
  const margin = (top - bottom) * 0.08 || Math.abs(top) * 0.01 || 1;
  bottom -= margin;
  top += margin;
  const x = t => (t - from) / (to - from || 1) * width;
  const y = v => height - (v - bottom) / (top - bottom) * height;
  const said = `${label}: ${number(finite.at(-1).v)} ${unit} now; from ${number(low)} to ${number(high)} between ${moment(from)} and ${moment(to)}`
    + (limit === null || limit === undefined ? '' : `; limit ${number(limit)}`);
  return h('div.chart', { 'data-chart': label, 'data-from': from, 'data-to': to },
    h('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': said },
      h('line.base', { x1: 0, x2: width, y1: height - 0.5, y2: height - 0.5 }),
      near && h('line.limit', { x1: 0, x2: width, y1: y(limit).toFixed(1), y2: y(limit).toFixed(1) }),
      h('path.trend', { d: path(finite, x, y) })),
    h('span.top.num', { 'aria-hidden': 'true' }, number(high)),
    h('span.bottom.num', { 'aria-hidden': 'true' }, number(low)));
}

function path(points, x, y) {
  const columns = [];
  for (const { t, v } of points) {
    const column = Math.floor(x(t));
    const last = columns.at(-1);
    if (!last || last.column !== column) {
      columns.push({ column, at: x(t), first: v, last: v, low: v, high: v });
    } else {
      last.last = v;
      last.low = Math.min(last.low, v);
      last.high = Math.max(last.high, v);
    }
  }

  const place = (at, v) => `${at.toFixed(1)},${y(v).toFixed(1)}`;
  return columns.map(({ at, first, last, low, high }, index) => {
    const start = `${index ? 'L' : 'M'}${place(at, first)}`;
    return low === high ? start : `${start}L${place(at, low)}L${place(at, high)}L${place(at, last)}`;
  }).join('');
}
