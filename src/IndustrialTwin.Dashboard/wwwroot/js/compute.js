// Nodes and their accelerators.

import { h } from './dom.js';
import { state, nowMs } from './store.js';
import { bytes, count, counted, duration, number, percent } from './format.js';
import { bar, empty, command } from './parts.js';

const tiers = { device: 'Device: inside a machine', edge: 'Edge: beside the machines', site: 'Site: in the plant’s server room', cloud: 'Cloud: in a data centre' };

export function computeView() {
  const grid = state.grid;
  if (!grid) {
    return [h('p.waiting', null, 'Reading nodes and accelerators…')];
  }

  const missing = grid.unreachable.map(one => h('p.warning', { 'data-key': `missing ${one.asset}` },
    h('span.shape', { 'aria-hidden': 'true' }, '▲ '), h('b', null, one.asset), ` does not answer: ${one.detail}.`));
  return [
    h('div.head', null, h('h1', null, 'Compute'), h('span.quiet', null, `${counted(grid.nodes.length, 'node')}, ${counted(grid.accelerators.length, 'accelerator')}`)),
    missing,
    grid.nodes.length === 0
      ? empty('No compute nodes', 'A silo registers its node when it starts. Start one:', command('dotnet run --project silo/IndustrialTwin.Silo'))
      : grid.nodes.map(node => nodeView(node, grid.accelerators.filter(one => one.accelerator.startsWith(`${node.node}/`)))),
    grid.queues.length > 0 && queuesView(grid.queues),
  ];
}

function queuesView(queues) {
  return h('section.panel', { 'aria-labelledby': 'queues' },
    h('div.head', null, h('h2', { id: 'queues' }, 'Work queues'), h('span.quiet', null, 'what a site’s twins ask for; accelerators come and take it')),
    h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': 'Work queues' }, h('table', null,
      h('thead', null, h('tr', null, ['Queue', 'Waiting', 'Being computed', 'Done', 'Batches', 'Requests a batch', 'Refused', 'Expired', 'Failed'].map(text => h('th', { scope: 'col' }, text)))),
      h('tbody', null, queues.map(queueRow)))));
}

function queueRow(one) {
  const [site, kernel] = one.queue.split('/');
  return h('tr', { 'data-key': one.queue },
    h('th', { scope: 'row' }, kernel, h('small', null, site)),
    h('td.num', null, count(one.waiting)),
    h('td.num', null, count(one.open - one.waiting)),
    h('td.num', null, count(one.done)),
    h('td.num', null, count(one.batches)),
    h('td.num', null, one.batches ? number(one.done / one.batches) : '–'),
    warned(one.refused), warned(one.expired), warned(one.failed));
}

function warned(value) {
  return h(value > 0 ? 'td.num.notable' : 'td.num', null, count(value));
}

function nodeView(node, accelerators) {
  const fact = (label, ...value) => h('div', null, h('dt', null, label), h('dd', null, value));
  return h('section.panel.node', { 'data-key': node.node, 'aria-label': `Node ${node.node}` },
    h('div.head', null, h('h2', null, node.node), h('span.quiet', null, tiers[node.tier] ?? node.tier, ` · ${node.site ? `site ${node.site}` : 'any site'}`, node.region && ` · ${node.region}`)),
    h('dl.facts', null,
      fact('Processors', count(node.processors)),
      fact('Processor load', node.cpuLoad === null ? 'Not measured yet' : bar(node.cpuLoad, 'Processor load')),
      fact('Memory', `${bytes(node.memoryUsedBytes)} of ${bytes(node.memoryBytes)}`),
      fact('Active twins', count(node.activations)),
      fact('Running for', duration(nowMs() - node.startedUs / 1000))),
    accelerators.length === 0 ? h('p.quiet', null, 'This node offers no accelerator.')
      : h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': `Accelerators of ${node.node}` }, h('table', null,
        h('thead', null, h('tr', null, ['Accelerator', 'Health', 'Busy, last 30 s', 'Waiting', 'Jobs done', 'Launches', 'Jobs a launch', 'Windows', 'Expired', 'Refused', 'Failed'].map(text => h('th', { scope: 'col' }, text)))),
        h('tbody', null, accelerators.map(acceleratorRow)))));
}

function acceleratorRow(one) {
  return h('tr', { 'data-key': one.accelerator },
    h('th', { scope: 'row' }, one.name, h('small', null, `${one.accelerator.split('/')[1]} · ${one.kind} · ${bytes(one.memoryBytes)}`)),
    h('td', null, one.isHealthy
      ? h('span.health', null, h('span.shape', { 'aria-hidden': 'true' }, '✓'), ' Takes work')
      : h('span.health.critical', null, h('span.shape', { 'aria-hidden': 'true' }, '■'), ' Out of work'),
      one.lastError && h('small.error', null, one.lastError)),
    h('td', null, bar(busy(one), `Busy ${percent(busy(one))}`)),
    h('td.num', null, count(one.queueJobs)),
    h('td.num', null, count(one.jobsDone)),
    h('td.num', null, count(one.launches)),
    h('td.num', null, one.launches ? number(one.jobsDone / one.launches) : '–'),
    h('td.num', null, count(one.windows)),
    warned(one.jobsExpired), warned(one.jobsRefused), warned(one.jobsFailed));
}

/** The share of the time between the oldest kept reading and the newest that the device spent in launches. */
function busy(now) {
  const reading = state.grids.find(grid => grid.accelerators.some(one => one.accelerator === now.accelerator && one.busyMs <= now.busyMs));
  const passedMs = reading ? (state.grid.timeUs - reading.timeUs) / 1000 : 0;
  return passedMs <= 0 ? null : (now.busyMs - reading.accelerators.find(one => one.accelerator === now.accelerator).busyMs) / passedMs;
}
