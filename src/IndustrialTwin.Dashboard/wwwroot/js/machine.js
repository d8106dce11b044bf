// One machine: what it measures, what its twin computes, its alarms, and what came in.

import { h } from './dom.js';
import { state, byUrgency, nowMs } from './store.js';
import { count, duration, instant, moment, number, unitText } from './format.js';
import { healthSign, runningSign, bar, dataAge, hashOf, empty, command } from './parts.js';
import { alarmTable } from './alarms.js';
import { chart } from './chart.js';
import { currentRange, hover, ranges, want } from './series.js';

const chartsMax = 24;
const shortUs = 10e6;
let showAll = false;

export function showAllCharts() {
  showAll = true;
}

export function machineView(key) {
  if (state.machineFault) {
    return [trail(key), empty(state.machineFault.title, state.machineFault.detail, h('p', null, h('a', { href: '#/' }, 'Show the whole plant')))];
  }

  const machine = state.machine;
  if (!machine) {
    return [trail(key), h('p.waiting', null, 'Reading the machine…')];
  }

  const { summary } = machine;
  const limits = new Map(machine.alarms.map(alarm => [alarm.feature, alarm]));
  return [
    trail(key),
    h('div.head.machine', null, h('h1', null, summary.title || key), h('span.key', null, key), h('span.quiet', null, summary.type),
      healthSign(summary.health, summary.alarms), runningSign(summary.running), bar(summary.availability, 'Availability: running time over observed time'),
      dataAge(summary)),
    !machine.isDeclared && h('p.warning', null, h('span.shape', { 'aria-hidden': 'true' }, '▲ '), 'This machine is retired: no plant file declares it any more. What you see is its history.'),
    machine.channels.length === 0 && machine.isDeclared && empty('No samples yet', 'The twin waits for its first batch on the MQTT topic', command(`itwin/v1/${key}/samples`)),
    machine.alarms.length > 0 && h('section.panel', { 'aria-labelledby': 'machine-alarms' },
      h('h2', { id: 'machine-alarms' }, 'Alarms'),
      h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': 'Alarms of the machine' }, alarmTable([...machine.alarms].sort(byUrgency), false))),
    machine.channels.length > 0 && h('div.head', null, h('h2', null, 'Live values'), rangeChoice()),
    cards(machine.channels.map(channel => ({ id: `channels:${channel.channel}`, name: channel.channel, ...channel, unit: unitText(channel.unit) }))),
    machine.features.length > 0 && h('div.head', null, h('h2', null, 'Features'), h('span.quiet', null, 'what the twin computes from the values')),
    cards(machine.features.map(feature => ({ id: `features:${feature.feature}`, name: feature.feature, unit: '', alarm: limits.get(feature.feature), ...feature }))),
    machine.controls.length > 0 && controlsView(machine),
    countsView(machine),
  ];
}

function controlsView(machine) {
  return h('section.panel', { 'aria-labelledby': 'controls' },
    h('div.head', null, h('h2', { id: 'controls' }, 'Control loops'), h('span.quiet', null, 'what the twin commands its machine, since the twin was last activated')),
    h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': 'Control loops' }, h('table', null,
      h('thead', null, h('tr', null, ['Loop', 'Command', 'Measured', 'Last commanded', 'Commands', 'Misses'].map(text => h('th', { scope: 'col' }, text)))),
      h('tbody', null, machine.controls.map(one => h('tr', { 'data-key': one.control },
        h('th', { scope: 'row' }, one.control, one.fallback && h('small', null, fallbackText(one))),
        h('td', null, one.command),
        h('td.num', null, one.statistic === null ? '–' : number(one.statistic)),
        h('td.num', null, one.value === null ? '–' : number(one.value)),
        h('td.num', null, count(one.commands)),
        h(one.misses > 0 ? 'td.num.notable' : 'td.num', null, count(one.misses))))))),
    machine.commands.length > 0 && h('ul.commands', null, machine.commands.toReversed().map(one => h('li', { 'data-key': `${one.fence} ${one.number}` },
      h('b', null, `${one.command} = ${number(one.value)}`),
      one.fallback ? ` by the fallback of ${one.control} (${one.fallback})` : ` by ${one.control}, which measured ${number(one.statistic)}`,
      `, ${moment(one.timeUs, nowMs())}`))));
}

/** What a loop falls back to, or that it has and why. */
function fallbackText({ fallback, fallbackSinceUs, fallbackReason }) {
  const state = `${fallback.command} = ${number(fallback.value)}`;
  return fallbackSinceUs ? h('b', null, `▲ in fallback (${fallbackReason}) since ${moment(fallbackSinceUs, nowMs())}: ${state}`) : `falls back to ${state}`;
}

function trail(key) {
  const [site, line] = key.split('/');
  return h('p.trail', null, h('a', { href: '#/' }, 'Plant'), ' / ', h('a', { href: hashOf('sites', site) }, site), ' / ', h('a', { href: hashOf('lines', `${site}/${line}`) }, line), ' /');
}

function rangeChoice() {
  return h('div.choice', { role: 'group', 'aria-label': 'Stretch of time in the trends' }, Object.entries(ranges).map(([value, text]) =>
    h('button', { type: 'button', 'data-action': 'range', 'data-value': value, 'aria-pressed': String(currentRange() === value) }, text)));
}

function cards(items) {
  const shown = showAll ? items : items.slice(0, chartsMax);
  return [
    items.length > 0 && h('div.trends', null, shown.map(card)),
    items.length > shown.length && h('p', null, h('button', { type: 'button', 'data-action': 'show-all' }, `Show all ${items.length}`)),
  ];
}

function card({ id, name, unit, timeUs, value, limit, alarm }) {
  const series = want(id, timeUs);
  const beyond = limit !== null && limit !== undefined && value !== null && (alarm?.side === 'low' ? value < limit : value > limit);
  const points = series.points;
  const isShort = points.length > 1 && points.at(-1).t - points[0].t < shortUs;
  const timeOf = us => isShort ? instant(us) : moment(us, nowMs());
  const side = alarm?.side === 'low' ? 'at least' : 'at most';
  return h(`article.trend-card${beyond ? `.beyond.${alarm?.priority ?? 'low'}` : ''}`, { 'data-key': id, 'aria-label': name },
    h('div.reading', null,
      h('h3', null, name),
      h('span.value', null, h('span.num', null, number(value)), unit && h('small', null, ` ${unit}`))),
    limit !== null && limit !== undefined && h('div.limit-text', null,
      beyond ? h('b', null, h('span.shape', { 'aria-hidden': 'true' }, '▲ '), 'Beyond its limit: ') : 'Within its limit: ', `${side} ${number(limit)}`),
    series.fault ? h('p.quiet.nochart', null, series.fault)
      : points.length === 0 && series.askedMs === 0 ? h('p.quiet.nochart', null, 'Reading the trend…')
        : chart(name, points, limit, unit),
    points.length > 1 && h('div.times', { 'aria-hidden': 'true' },
      h('span', null, timeOf(points[0].t)),
      h('span.readout', null, hover.id === id ? hover.text : series.isCut ? `last ${duration((points.at(-1).t - points[0].t) / 1000)} only` : ''),
      h('span', null, timeOf(points.at(-1).t))));
}

function countsView(machine) {
  const { counts } = machine;
  const behind = machine.logPosition - machine.analysedPosition;
  const fact = (label, value, note, isNotable) => h(`div${isNotable ? '.notable' : ''}`, null, h('dt', null, label), h('dd', null, value, note && h('small', null, note)));
  return h('section.panel', { 'aria-labelledby': 'counts' },
    h('h2', { id: 'counts' }, 'What came in'),
    h('dl.facts', null,
      fact('Batches accepted', count(counts.batchesAccepted), 'safely in the log'),
      fact('Batches duplicate', count(counts.batchesDuplicate), 'counted once'),
      fact('Batches rejected', count(counts.batchesRejected), null, counts.batchesRejected > 0),
      fact('Samples accepted', count(counts.samplesAccepted)),
      fact('Samples in quarantine', count(counts.samplesQuarantined), null, counts.samplesQuarantined > 0),
      fact('Samples late', count(counts.samplesLate), 'in the log, in no window', counts.samplesLate > 0),
      fact('Sequence gaps', count(counts.sequenceGaps), counts.sequenceGaps > 0 ? 'batches that have not come' : null, counts.sequenceGaps > 0),
      fact('Analysis', behind > 0 ? `${count(behind)} log entries behind` : 'Caught up', behind > 0 ? 'catching up' : 'everything in the log is analysed'),
      fact('Complete up to', machine.watermarkUs ? moment(machine.watermarkUs, nowMs()) : '–', 'event time'),
      fact('Last served by', machine.accelerator ?? '–', machine.accelerator && 'accelerator'),
      fact('Declaration', machine.revision ? machine.revision.slice(0, 12) : '–', 'revision')));
}
