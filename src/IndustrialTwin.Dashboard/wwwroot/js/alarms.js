// All alarms that are not normal.

import { h } from './dom.js';
import { state, alarms, titleOf } from './store.js';
import { prioritySign, priorityWord, conditionText, against, alarmButtons, since, hashOf, empty } from './parts.js';

const filters = { all: 'All', open: 'To acknowledge', active: 'Abnormal now', shelved: 'Shelved' };
const rowsMax = 300;
let filter = 'all';

export function setFilter(value) {
  filter = value;
}

const matches = {
  all: () => true,
  open: alarm => alarm.condition === 'unacknowledged' || alarm.condition === 'returnedToNormal',
  active: alarm => alarm.isAbnormal && alarm.condition !== 'shelved',
  shelved: alarm => alarm.condition === 'shelved',
};

export function alarmsView() {
  if (!state.enterprise) {
    return [h('p.waiting', null, 'Reading the alarms…')];
  }

  const all = alarms();
  const shown = all.filter(matches[filter]);
  return [
    h('div.head', null, h('h1', null, 'Alarms'),
      h('div.choice', { role: 'group', 'aria-label': 'Which alarms' }, Object.entries(filters).map(([key, text]) =>
        h('button', { type: 'button', 'data-action': 'filter', 'data-value': key, 'aria-pressed': String(filter === key) },
          text, h('span.badge', null, all.filter(matches[key]).length))))),
    shown.length === 0
      ? empty(all.length === 0 ? 'No alarms' : 'None of these', all.length === 0 ? 'Every judged feature is within its limit, and nothing waits for you.' : 'There are alarms of other kinds: choose All.')
      : h('div.scroll.panel', { tabindex: 0, role: 'region', 'aria-label': 'Alarms' }, alarmTable(shown.slice(0, rowsMax), true)),
    shown.length > rowsMax && h('p.quiet', null, `The ${rowsMax} most urgent of ${shown.length} are shown.`),
  ];
}

export function alarmTable(alarms, withMachine) {
  return h('table.alarms', null,
    h('thead', null, h('tr', null,
      ['Priority', 'Alarm', withMachine && 'Machine', 'State', 'Value and limit', 'Raised', 'Times'].filter(Boolean).map(text => h('th', { scope: 'col' }, text)),
      h('th', { scope: 'col' }, h('span.hidden-visually', null, 'Commands')))),
    h('tbody', null, alarms.map(alarm => row(alarm, withMachine))));
}

function row(alarm, withMachine) {
  return h(`tr.${alarm.condition}`, { 'data-key': `${alarm.machine} ${alarm.name}` },
    h('td', null, alarm.condition === 'normal'
      ? h('span.quiet', null, priorityWord(alarm.priority))
      : h('span.signs', null, prioritySign(alarm.priority, alarm.condition === 'unacknowledged'), priorityWord(alarm.priority))),
    h('th', { scope: 'row' }, alarm.name, h('small', null, alarm.feature)),
    withMachine && h('td', null, h('a', { href: hashOf('machines', alarm.machine) }, titleOf(alarm.machine)), h('small', null, alarm.machine)),
    h('td', null, conditionText(alarm), alarm.condition === 'shelved' && h('small', null, alarm.isAbnormal ? 'abnormal now' : 'normal now')),
    h('td', null, against(alarm)),
    h('td', null, alarm.raisedUs ? since(alarm.raisedUs) : h('span.quiet', null, 'Never')),
    h('td.num', null, alarm.raisings),
    h('td', null, alarm.condition === 'normal' ? null : alarmButtons(alarm)));
}
