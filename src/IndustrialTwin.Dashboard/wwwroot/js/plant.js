// Sites, their lines and machines.

import { h } from './dom.js';
import { count, counted } from './format.js';
import { state, machines, alarms, titleOf } from './store.js';
import { healthSign, worst, worstAbnormal, dataAge, runningSign, bar, hashOf, prioritySign, conditionText, against, alarmButtons, since, empty, command } from './parts.js';

const urgentMax = 6;

/** The plant, or the part of it below a site or a line. */
export function plantView(under) {
  if (!state.enterprise) {
    return [h('p.waiting', null, 'Reading the plant…')];
  }

  if (state.enterprise.sites.length === 0) {
    return [empty('No plant yet',
      'Nothing is declared. Write your sites, lines and machines into a plant file and apply it:',
      command('itwin apply -f plant.yaml'),
      'The machines appear here at once, and come to life with their first samples.')];
  }

  const sites = state.enterprise.sites.filter(site => !under || under === site || under.startsWith(`${site}/`));
  if (sites.length === 0) {
    return [empty('There is no such site', `No plant file declares ${under}.`, h('p', null, h('a', { href: '#/' }, 'Show the whole plant')))];
  }

  const open = alarms().filter(alarm => (alarm.condition === 'unacknowledged' || alarm.condition === 'returnedToNormal')
    && (!under || alarm.machine.startsWith(`${under}/`)));
  return [
    under && h('p.trail', null, h('a', { href: '#/' }, 'Plant'), ' / ', under),
    tiles(under, open),
    h('div.columns', null,
      h('div.plant', null, sites.map(site => siteView(site, under))),
      h('aside.urgent', { 'aria-labelledby': 'urgent-title' },
        h('h2', { id: 'urgent-title' }, 'Waiting for you'),
        open.length === 0
          ? h('p.quiet', null, 'No alarm waits for an acknowledgement.')
          : h('ul.cards', null, open.slice(0, urgentMax).map(alarmCard)),
        open.length > urgentMax && h('p', null, h('a', { href: '#/alarms' }, `All ${open.length} alarms that wait`)))),
  ];
}

function tiles(under, open) {
  const all = machines().filter(machine => !under || machine.machine.startsWith(`${under}/`));
  const running = all.filter(machine => machine.running === 'running').length;
  const bad = all.filter(machine => machine.health === 'critical' || machine.health === 'degraded').length;
  const observed = all.reduce((sum, machine) => sum + machine.observedMs, 0);
  const availability = observed ? all.reduce((sum, machine) => sum + machine.runningMs, 0) / observed : null;
  const tile = (label, value, note, priority) => h(`div.tile${priority ? `.${priority}` : ''}`, null, h('dt', null, label), h('dd', null, h('span.num', null, value), note && h('small', null, note)));
  return h('dl.tiles', null,
    tile('Machines running', count(running), `of ${count(all.length)}`),
    tile('Outside their limits', count(bad), bad === 1 ? 'machine' : 'machines', worstAbnormal(all.flatMap(machine => machine.alarms))),
    tile('Alarms not acknowledged', count(open.length), null, worst(open)),
    tile('Availability', availability === null ? '–' : (availability * 100).toFixed(1), '%'));
}

function siteView(key, under) {
  const site = state.sites.get(key);
  if (!site) {
    const lost = state.lost.find(one => one.asset === key);
    return h('section.site', { 'data-key': key }, h('h1', null, key), h('p.waiting', null, lost ? `${lost.detail}; trying again…` : 'Reading the site…'));
  }

  const lines = site.lines.filter(line => !under || under === key || under === line.line);
  return h('section.site', { 'data-key': key, 'aria-label': `Site ${site.title}` },
    h('div.head', null,
      h('h1', null, h('a', { href: hashOf('sites', key) }, site.title || key)),
      h('span.key', null, key), healthSign(site.health, machines().filter(machine => machine.machine.startsWith(`${key}/`)).flatMap(machine => machine.alarms)), bar(site.availability, 'Availability: running time over observed time')),
    lines.length === 0
      ? empty(under && under !== key ? 'There is no such line' : 'This site has no lines', 'Add lines with machines to its plant file and apply it again:', command('itwin apply -f plant.yaml'))
      : lines.map(lineView));
}

function lineView(summary) {
  const line = state.lines.get(summary.line);
  return h('section.line', { 'data-key': summary.line, 'aria-label': `Line ${summary.title}` },
    h('div.head', null,
      h('h2', null, h('a', { href: hashOf('lines', summary.line) }, summary.title || summary.line)),
      h('span.key', null, summary.line),
      h('span.quiet', null, `${count(summary.machinesRunning)} of ${count(summary.machines)} running`),
      bar(summary.availability, 'Availability')),
    !line ? h('p.waiting', null, 'Reading the machines…')
      : line.machines.length === 0 ? h('p.quiet', null, 'This line has no machines. Add some to the plant file and apply it again.')
        : h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': `Machines of ${summary.title}` }, h('table.machines', null,
          h('thead', null, h('tr', null, ['Machine', 'Health', 'State', 'Alarms', 'Availability'].map(text => h('th', { scope: 'col' }, text)))),
          h('tbody', null, line.machines.map(machineRow)))));
}

function machineRow(machine) {
  const active = machine.alarms.filter(alarm => alarm.condition !== 'normal');
  return h(`tr.${worstAbnormal(machine.alarms) ?? 'calm'}`, { 'data-key': machine.machine, 'data-go': hashOf('machines', machine.machine) },
    h('th', { scope: 'row' }, h('a', { href: hashOf('machines', machine.machine) }, machine.title || machine.machine), h('small', null, `${machine.machine.split('/').at(-1)} · ${machine.type}`)),
    h('td', null, healthSign(machine.health, machine.alarms)),
    h('td', null, runningSign(machine.running), dataAge(machine)),
    h('td', null, active.length === 0 ? h('span.quiet', null, 'None')
      : h('span.signs', null, active.slice(0, 4).map(alarm => prioritySign(alarm.priority, alarm.condition === 'unacknowledged')),
        h('span', null, active.length === 1 ? active[0].name : counted(active.length, 'alarm')))),
    h('td', null, bar(machine.availability, 'Availability')));
}

function alarmCard(alarm) {
  return h(`li.card.${alarm.priority}`, { 'data-key': `${alarm.machine} ${alarm.name}` },
    h('div.title', null, prioritySign(alarm.priority, alarm.condition === 'unacknowledged'), h('b', null, alarm.name), since(alarm.raisedUs)),
    h('div', null, h('a', { href: hashOf('machines', alarm.machine) }, titleOf(alarm.machine)), h('span.quiet', null, ` ${alarm.machine}`)),
    h('div.quiet', null, alarm.feature, ' ', against(alarm), alarm.feature.startsWith('control/') ? null : ' limit', alarm.condition === 'unacknowledged' ? null : ` · ${conditionText(alarm)}`),
    alarmButtons(alarm));
}
