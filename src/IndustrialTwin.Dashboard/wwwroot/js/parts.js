// Signs that several views share. Colour means abnormal and never stands alone: a shape and a word say the same.

import { h } from './dom.js';
import { number, moment, ago, percent } from './format.js';
import { nowMs, priorities, state } from './store.js';

const shapes = {
  critical: ['polygon', { points: '1,1 15,1 15,15 1,15' }],
  high: ['polygon', { points: '8,1 15.5,15 0.5,15' }],
  medium: ['polygon', { points: '8,0.5 15.5,8 8,15.5 0.5,8' }],
  low: ['circle', { cx: 8, cy: 8, r: 7 }],
};
const levels = { critical: 1, high: 2, medium: 3, low: 4 };
const words = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' };

/** The sign of a priority: its own shape, colour and number; hollow once it is acknowledged. */
export function prioritySign(priority, isOpen = true) {
  const [tag, attributes] = shapes[priority] ?? shapes.low;
  return h(`svg.sign.${priority}${isOpen ? '' : '.hollow'}`, { viewBox: '0 0 16 16', role: 'img', 'aria-label': `${words[priority]} priority` },
    h(tag, attributes), h('text', { x: 8, y: priority === 'high' ? 13.2 : 11.6, 'text-anchor': 'middle' }, levels[priority]));
}

export const priorityWord = priority => words[priority] ?? priority;

const conditions = {
  unacknowledged: 'Unacknowledged',
  acknowledged: 'Acknowledged',
  returnedToNormal: 'Back to normal, not acknowledged',
  shelved: 'Shelved',
  normal: 'Normal',
};

export function conditionText(alarm) {
  const text = conditions[alarm.condition] ?? alarm.condition;
  if (alarm.condition === 'shelved' && alarm.shelvedUntilUs) {
    return `Shelved until ${moment(alarm.shelvedUntilUs, nowMs())}`;
  }

  return alarm.condition === 'acknowledged' && alarm.acknowledgedBy ? `Acknowledged by ${alarm.acknowledgedBy}` : text;
}

const healths = { good: 'Good', degraded: 'Degraded', critical: 'Critical', unknown: 'No data' };
const shapeTexts = { critical: '■', high: '▲', medium: '◆', low: '●' };

/** The worst priority among alarms; null where there is none. */
export const worst = alarms => priorities.find(priority => alarms.some(alarm => alarm.priority === priority)) ?? null;

/** The worst priority among alarms that are abnormal and not shelved: health follows from it (null where there is none). */
export const worstAbnormal = alarms => worst(alarms.filter(alarm => alarm.isAbnormal && alarm.condition !== 'shelved'));

/** A health in the colour and shape of the priority that it comes from, so that one fault looks the same wherever it shows. */
export function healthSign(health, alarms) {
  const priority = health === 'critical' || health === 'degraded' ? worstAbnormal(alarms) ?? (health === 'critical' ? 'critical' : 'medium') : null;
  return h(`span.health${priority ? `.${priority}` : ''}`, null,
    h('span.shape', { 'aria-hidden': 'true' }, shapeTexts[priority] ?? (health === 'good' ? '✓' : '?')), ' ', healths[health] ?? healths.unknown);
}

const runnings = { running: ['▶', 'Running'], stopped: ['❚❚', 'Stopped'], unknown: ['?', 'Not known'] };

export function runningSign(running) {
  const [shape, word] = runnings[running] ?? runnings.unknown;
  return h(`span.running.${running}`, null, h('span.shape', { 'aria-hidden': 'true' }, shape), ' ', word);
}

// Twins tell of times that only grow every few seconds; what is younger is as new as can be known here.
const freshMs = 15000;

/** Says that samples come, or since when they do not: values that stopped coming must not look like values. */
export function dataAge(machine) {
  if (!machine.lastSampleUs) {
    return h('small', null, 'no sample yet');
  }

  const isFresh = state.connection !== 'lost' && nowMs() - machine.lastSampleUs / 1000 < freshMs;
  return isFresh ? h('small', null, 'live') : h('small.silent', null, 'last sample ', since(machine.lastSampleUs));
}

export const bar = (share, label) => h('span.meter', { title: label },
  h('svg.fill', { viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    h('rect.track', { width: 100, height: 6 }),
    h('rect.level', { width: Math.max(0, Math.min(100, (share ?? 0) * 100)).toFixed(1), height: 6 })),
  h('span.num', null, percent(share)));

export const hashOf = (kind, key) => `#/${kind}/${key}`;

/** Value against limit in words and signs: "0.82 > 0.6". A control loop's fallback has no limit that would say anything. */
export function against(alarm) {
  if (alarm.feature.startsWith('control/')) {
    return h('span.against', null, h(alarm.isAbnormal ? 'b' : 'span', null, alarm.isAbnormal ? 'in fallback' : 'decides in time'));
  }

  const beyond = alarm.side === 'low' ? alarm.value < alarm.limit : alarm.value > alarm.limit;
  const sign = alarm.value === null ? '·' : beyond ? alarm.side === 'low' ? '<' : '>' : alarm.side === 'low' ? '≥' : '≤';
  return h('span.against', null,
    h(beyond ? 'b.num' : 'span.num', null, number(alarm.value)), ` ${sign} `, h('span.num', null, number(alarm.limit)),
    h('span.hidden-visually', null, ' limit'));
}

export function alarmButtons(alarm) {
  const target = { 'data-machine': alarm.machine, 'data-alarm': alarm.name };
  const name = `${alarm.name} of ${alarm.machine}`;
  const needs = alarm.condition === 'unacknowledged' || alarm.condition === 'returnedToNormal';
  return h('span.buttons', null,
    needs && h('button.primary', { type: 'button', 'data-action': 'acknowledge', 'aria-label': `Acknowledge ${name}`, ...target }, 'Acknowledge'),
    alarm.condition === 'shelved'
      ? h('button', { type: 'button', 'data-action': 'unshelve', 'aria-label': `Unshelve ${name}`, ...target }, 'Unshelve')
      : h('button', { type: 'button', 'data-action': 'shelve', 'aria-label': `Shelve ${name}`, ...target }, 'Shelve'));
}

export const since = us => h('time', { datetime: us ? new Date(us / 1000).toISOString() : null, title: moment(us) }, ago(us, nowMs()));

export const empty = (title, ...lines) => h('div.empty', null, h('h2', null, title), lines.map(line => line instanceof Node ? line : h('p', null, line)));

export const command = text => h('pre.command', null, h('code', null, text));
