// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
import uPlot from '/lib/uplot/uPlot.esm.js';

const LONGEST_WAIT_MILLIS = 5000;
const REMEMBERED_ROWS = 600;

const byId = id => document.getElementById(id);
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// ---------------------------------------------------------------------------------------------- words

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function ofBytes(bytes) {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(Number.isInteger(value) ? 0 : 1)} ${UNITS[unit]}`;
}

function ofMillis(millis) {
  if (millis < 10_000) {
    return `${(millis / 1000).toFixed(1)} s`;
  }
  return millis < 600_000 ? `${Math.round(millis / 1000)} s` : `${Math.round(millis / 60_000)} min`;
}

function ofNanos(nanos) {
  if (nanos < 1000) {
    return `${nanos} ns`;
  }
  return nanos < 1_000_000 ? `${(nanos / 1000).toFixed(1)} µs` : `${(nanos / 1_000_000).toFixed(1)} ms`;
}

const ofShare = share => `${(100 * share).toFixed(1)} %`;
const ofCount = count => count.toLocaleString('en-US');

// ---------------------------------------------------------------------------------------------- colours

// Told apart by colour-blind people, too (after Okabe and Ito).
const PALETTE = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7', '#8f959c'];
const DARK_COLOURS = new Set(['#0072b2', '#d55e00', '#009e73']);
// The same colour in each visit; other tags take what is left, in the order in which they come.
const HOUSE_TAGS = ['raw', 'preview', 'yuv', 'jpeg', 'video', 'pyramid', 'analysis', 'metadata'];
const SIZE_TAGS = ['above 16 MiB', 'up to 16 MiB', 'up to 1 MiB', 'up to 64 KiB', 'up to 4 KiB'];
const colours = new Map();
HOUSE_TAGS.forEach((tag, i) => colours.set(tag, PALETTE[i]));
SIZE_TAGS.forEach((tag, i) => colours.set(tag, PALETTE[i]));

function colourOf(tag) {
  if (!colours.has(tag)) {
    colours.set(tag, PALETTE[colours.size % PALETTE.length]);
  }
  return colours.get(tag);
}

// ---------------------------------------------------------------------------------------------- numbers

const NUMBERS = [
  ['usedBytes', 'used', ofBytes],
  ['peakUsedBytes', 'used at most', ofBytes],
  ['freeBytes', 'free', ofBytes],
  ['largestFreeBytes', 'largest free part', ofBytes],
  ['externalFragmentation', 'fragmentation', ofShare],
  ['openSlices', 'open slices', ofCount],
  ['openOwners', 'their owners', ofCount],
  ['openLoans', 'open loans', ofCount],
  ['retiringBytes', 'retiring', ofBytes],
  ['oldestSliceMillis', 'oldest slice', ofMillis],
  ['allocations', 'allocations', ofCount],
  ['failures', 'failed requests', ofCount],
  ['waits', 'waits', ofCount],
  ['leaks', 'leaks', ofCount],
  ['loansFailed', 'failed loans', ofCount],
  ['syncBytesAsked', 'asked to sync', ofBytes],
  ['syncBytes', 'synced', ofBytes],
  ['syncBytesSaved', 'saved by ranges', ofBytes],
  ['latencyP50Nanos', 'allocation, p50', ofNanos],
  ['latencyP99Nanos', 'allocation, p99', ofNanos],
  ['latencyP999Nanos', 'allocation, p99.9', ofNanos],
];
const ALARMS = new Set(['leaks', 'loansFailed']);

function makeNumbers() {
  for (const [name, label] of NUMBERS) {
    const pair = document.createElement('div');
    const term = document.createElement('dt');
    const value = document.createElement('dd');
    term.textContent = label;
    value.textContent = '–';
    value.dataset.figure = name;
    pair.append(term, value);
    byId('numbers').append(pair);
  }
}

function showNumbers(figures) {
  for (const [name, , words] of NUMBERS) {
    const place = document.querySelector(`[data-figure="${name}"]`);
    place.textContent = words(figures[name]);
    place.title = ofCount(figures[name]);
    place.dataset.value = figures[name];
    place.classList.toggle('alarm', ALARMS.has(name) && figures[name] > 0);
  }
}

// ---------------------------------------------------------------------------------------------- map

const ROW = 15;
const ROW_GAP = 3;
const LEAST_LABEL_HEIGHT = 10;
const LENT_BAR = 3;
const STRIPE = 5;

const map = { canvas: byId('map'), regions: [], capacity: 1, pointed: null, rows: 24 };

function bytesPerRow() {
  return map.capacity / map.rows;
}

function regionAt(offset) {
  return map.regions.find(region => offset >= region.offset && offset < region.offset + region.length);
}

/** The parts of rows that a range of addresses covers, in pixels. */
function partsOf(region, width) {
  const parts = [];
  const perRow = bytesPerRow();
  const end = region.offset + region.length;
  for (let row = Math.floor(region.offset / perRow); row < map.rows && row * perRow < end; row++) {
    const from = Math.max(region.offset, row * perRow) - row * perRow;
    const to = Math.min(end, (row + 1) * perRow) - row * perRow;
    const x = from / perRow * width;
    parts.push({ x, y: row * (ROW + ROW_GAP), width: Math.max(1, (to - from) / perRow * width) });
  }
  return parts;
}

function drawMap() {
  const { canvas } = map;
  const width = canvas.clientWidth;
  map.rows = width < 500 ? 32 : 24;
  const height = map.rows * (ROW + ROW_GAP) - ROW_GAP;
  const scale = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = css('--hole');
  for (let row = 0; row < map.rows; row++) {
    pen.fillRect(0, row * (ROW + ROW_GAP), width, ROW);
  }
  for (const region of map.regions) {
    if (region.state !== 'hole') {
      drawRegion(pen, region, width);
    }
  }
  drawPointed(pen, width);
}

// What is no slice has the colour of its state; a state that this page does not know looks like an alarm.
const STATE_COLOURS = { retiring: '--retiring', passing: '--quiet', quarantined: '--alarm' };

const isLent = region => region.loans !== undefined && region.loans.length > 0;

/** Stripes tell what has no owner from slices, without colours as well. */
function striped(pen, colour) {
  const tile = document.createElement('canvas');
  tile.width = STRIPE;
  tile.height = STRIPE;
  const brush = tile.getContext('2d');
  brush.strokeStyle = colour;
  brush.lineWidth = 2;
  for (const shift of [-STRIPE, 0, STRIPE]) {
    brush.beginPath();
    brush.moveTo(shift - 1, STRIPE + 1);
    brush.lineTo(shift + STRIPE + 1, -1);
    brush.stroke();
  }
  return pen.createPattern(tile, 'repeat');
}

function drawRegion(pen, region, width) {
  const slice = region.state === 'slice';
  const colour = slice ? colourOf(region.tag) : css(STATE_COLOURS[region.state] ?? '--alarm');
  const parts = partsOf(region, width);
  const fill = slice ? colour : striped(pen, colour);
  for (const part of parts) {
    // A gap between neighbours, where there is room for one.
    const filled = part.width > 3 ? part.width - 1 : part.width;
    pen.fillStyle = fill;
    pen.fillRect(part.x, part.y, filled, ROW);
    if (isLent(region)) {
      pen.fillStyle = css('--ink');
      pen.fillRect(part.x, part.y + ROW - LENT_BAR, filled, LENT_BAR);
    }
  }
  if (slice) {
    drawLabel(pen, region.tag, colour, parts);
  }
}

function drawLabel(pen, label, colour, parts) {
  const widest = parts.reduce((best, part) => part.width > best.width ? part : best);
  pen.font = `${LEAST_LABEL_HEIGHT + 1}px ${css('--font')}`;
  if (pen.measureText(label).width + 8 < widest.width) {
    pen.fillStyle = DARK_COLOURS.has(colour) ? '#ffffff' : '#17202a';
    pen.textBaseline = 'middle';
    pen.fillText(label, widest.x + 4, widest.y + ROW / 2 + .5);
  }
}

function drawPointed(pen, width) {
  const region = map.pointed === null ? undefined : regionAt(map.pointed);
  if (region === undefined) {
    return;
  }
  pen.strokeStyle = css('--ink');
  pen.lineWidth = 2;
  for (const part of partsOf(region, width)) {
    pen.strokeRect(part.x + 1, part.y + 1, Math.max(1, part.width - 3), ROW - 2);
  }
}

function describe(region) {
  const place = `${ofBytes(region.length)} (${ofCount(region.length)}) at offset ${ofCount(region.offset)}`;
  const tag = region.tag || 'no tag';
  if (region.state === 'slice') {
    const owners = region.owners > 1 ? `, ${region.owners} owners` : '';
    return `${tag}: ${place}, held for ${ofMillis(region.ageMillis)}, access: ${region.access}${owners}${lentTo(region)}`;
  }
  if (region.state === 'retiring') {
    return `retiring, waits for ${region.waitsFor}: ${tag}, ${place}${lentTo(region)}`;
  }
  return `${region.state}: ${place}`;
}

const VERBS = { READ: 'reads', WRITE: 'writes', READ_WRITE: 'reads and writes' };

/** Who else uses it, such as ", encoder reads it for 2.0 s". */
function lentTo(region) {
  return (region.loans ?? [])
    .map(loan => `, ${loan.borrower} ${VERBS[loan.direction]} it for ${ofMillis(loan.ageMillis)}`)
    .join('');
}

function showPointed() {
  const region = map.pointed === null ? undefined : regionAt(map.pointed);
  // A reader is told of another part, not of each second that one grows older.
  const keyboard = document.activeElement === map.canvas;
  byId('pointed').setAttribute('aria-live', keyboard && !polled ? 'polite' : 'off');
  byId('pointed').textContent = region === undefined ? '' : describe(region);
}

let polled = false;

function pointAt(offset) {
  map.pointed = offset;
  polled = false;
  drawMap();
  showPointed();
}

function pointByMouse(event) {
  const box = map.canvas.getBoundingClientRect();
  const row = Math.floor((event.clientY - box.top) / (ROW + ROW_GAP));
  const offset = (row + (event.clientX - box.left) / box.width) * bytesPerRow();
  pointAt(Math.max(0, Math.min(map.capacity - 1, offset)));
}

function pointByKey(event) {
  const at = map.pointed === null ? -1 : map.regions.indexOf(regionAt(map.pointed));
  const last = map.regions.length - 1;
  const byRows = rows => Math.max(0, Math.min(map.capacity - 1, (map.pointed ?? 0) + rows * bytesPerRow()));
  const targets = {
    ArrowRight: () => map.regions[Math.min(last, at + 1)].offset,
    ArrowLeft: () => map.regions[Math.max(0, at - 1)].offset,
    ArrowDown: () => byRows(1),
    ArrowUp: () => byRows(-1),
    Home: () => 0,
    End: () => map.regions[last].offset,
    Escape: () => null,
  };
  if (targets[event.key] !== undefined && last >= 0) {
    event.preventDefault();
    pointAt(targets[event.key]());
  }
}

function showMap(state) {
  map.regions = state.regions;
  map.capacity = state.pool.capacityBytes;
  polled = true;
  drawMap();
  showPointed();
  map.canvas.dataset.sequence = state.sequence;
}

function showLegend(tags) {
  const names = tags.map(use => use.tag).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  const legend = byId('legend');
  if (legend.dataset.names === names.join()) {
    return;
  }
  legend.dataset.names = names.join();
  legend.replaceChildren(...names.map(name => {
    const item = document.createElement('li');
    item.append(swatch(colourOf(name)), name || 'no tag');
    return item;
  }), plain('free', swatch('var(--hole)')), plain('retiring', stripedSwatch('--retiring')), lent());
}

function rank(tag) {
  const place = HOUSE_TAGS.concat(SIZE_TAGS).indexOf(tag);
  return place < 0 ? HOUSE_TAGS.length + SIZE_TAGS.length : place;
}

function plain(name, box) {
  const item = document.createElement('li');
  item.append(box, name);
  return item;
}

function stripedSwatch(colour) {
  const box = swatch('');
  box.classList.add('striped');
  box.style.color = `var(${colour})`;
  return box;
}

/** A bar along the lower edge, whatever the colour. */
function lent() {
  const box = swatch(`linear-gradient(to top, var(--ink) ${100 * LENT_BAR / ROW}%, var(--card) 0)`);
  return plain('in use by a device', box);
}

function swatch(colour) {
  const box = document.createElement('span');
  box.className = 'swatch';
  box.style.background = colour;
  return box;
}

// ---------------------------------------------------------------------------------------------- holders

function showHolders(holders, capacity) {
  byId('holders').replaceChildren(...holders.map(use => {
    const row = document.createElement('tr');
    const name = document.createElement('th');
    name.scope = 'row';
    name.append(swatch(colourOf(use.tag)), use.tag || 'no tag');
    row.append(name, ...[
      ofCount(use.slices),
      ofBytes(use.reservedBytes),
      ofShare(use.reservedBytes / capacity),
      use.oldestMillis === null ? '–' : ofMillis(use.oldestMillis),
    ].map(text => cell(text)));
    return row;
  }));
}

function cell(...contents) {
  const place = document.createElement('td');
  place.append(...contents);
  return place;
}

// ---------------------------------------------------------------------------------------------- budgets

function showBudgets(budgets, overBudget) {
  byId('budgets-section').hidden = budgets.length === 0;
  byId('budgets').replaceChildren(...budgets.map(budgetRow));
  const requests = overBudget === 1 ? '1 request has' : `${ofCount(overBudget)} requests have`;
  byId('over-budget').textContent = `${requests} failed as a budget was used up.`;
}

function budgetRow(budget) {
  const row = document.createElement('tr');
  const holder = document.createElement('th');
  holder.scope = 'row';
  const name = box('name');
  name.append(swatch(colourOf(budget.tag)), budget.tag);
  const both = box('budget');
  both.append(name, bar(budget));
  holder.append(both);
  const guaranteed = budget.guaranteedBytes === 0
    ? ['none']
    : [bytes(budget.guaranteedBytes, ','), ' ', bytes(budget.guaranteedFreeBytes, ' free')];
  row.append(holder, cell(bytes(budget.usedBytes)), cell(bytes(budget.mostBytes)), cell(...guaranteed));
  return row;
}

/** For the eyes only: the numbers beside it say the same. */
function bar(budget) {
  const share = count => `${Math.min(100, 100 * count / budget.mostBytes)}%`;
  const used = box('used');
  used.style.width = share(budget.usedBytes);
  used.style.background = colourOf(budget.tag);
  const whole = box('bar');
  whole.setAttribute('aria-hidden', 'true');
  whole.append(used);
  if (budget.guaranteedBytes > 0) {
    const mark = box('guaranteed');
    mark.style.left = share(budget.guaranteedBytes);
    whole.append(mark);
  }
  return whole;
}

function box(kind) {
  const place = document.createElement('div');
  place.className = kind;
  return place;
}

function bytes(count, after = '') {
  const place = document.createElement('span');
  place.textContent = ofBytes(count) + after;
  place.title = ofCount(count);
  return place;
}

// ---------------------------------------------------------------------------------------------- charts

const history = { columns: [], rows: [] };

const column = name => {
  const at = history.columns.indexOf(name);
  return history.rows.map(row => row[at]);
};

/** What a counter grew by in a second; nothing where it did not grow, as the scale has no place for 0. */
function rate(name) {
  const values = column(name);
  const times = column('epochMillis');
  return values.map((value, i) => {
    const grown = i === 0 ? 0 : (value - values[i - 1]) / (times[i] - times[i - 1]) * 1000;
    return grown > 0 ? grown : null;
  });
}

const aboveZero = values => values.map(value => value > 0 ? value : null);

/** The powers of a base within a range, for a logarithmic axis. */
function powersWithin(base, least, most) {
  const powers = [];
  for (let exponent = Math.ceil(Math.log(least) / Math.log(base)); base ** exponent <= most; exponent++) {
    powers.push(base ** exponent);
  }
  return powers;
}

// 32 MiB, 1 GiB, 32 GiB.
const BYTES_BASE = 32;
const PARTS_OF_POOL = 4;

const CHARTS = [
  {
    place: 'occupancy',
    words: ofBytes,
    series: [['used', '--first'], ['asked for', '--third'], ['used at most', '--second']],
    data: () => [column('usedBytes'), column('requestedBytes'), column('peakUsedBytes')],
    range: () => [0, map.capacity],
    splits: () => Array.from({ length: PARTS_OF_POOL + 1 }, (_, i) => i * map.capacity / PARTS_OF_POOL),
  },
  {
    place: 'fragmentation',
    words: ofShare,
    series: [['of free memory', '--first'], ['of slices, by rounding', '--second']],
    data: () => [column('externalFragmentation'), column('internalFragmentation')],
    range: () => [0, 1],
    splits: () => [0, .25, .5, .75, 1],
  },
  {
    place: 'sync',
    words: ofBytes,
    logarithmic: true,
    splits: (least, most) => powersWithin(BYTES_BASE, least, most),
    series: [['asked', '--third'], ['synced', '--first'], ['whole buffers would', '--second']],
    data: () => [rate('syncBytesAsked'), rate('syncBytes'), rate('syncBytesWholeBuffer')],
  },
  {
    place: 'latency',
    words: ofNanos,
    logarithmic: true,
    splits: (least, most) => powersWithin(10, least, most),
    series: [['p50', '--first'], ['p99', '--third'], ['p99.9', '--second']],
    data: () => ['latencyP50Nanos', 'latencyP99Nanos', 'latencyP999Nanos'].map(name => aboveZero(column(name))),
  },
];
// So that lines that lie on one another are both seen, and told apart without colours.
const DASHES = [[], [6, 4], [2, 3]];

function makeCharts() {
  for (const chart of CHARTS) {
    chart.plot?.destroy();
    const place = byId(chart.place);
    chart.plot = new uPlot(optionsOf(chart, place), [[]].concat(chart.series.map(() => [])), place);
  }
  showCharts();
}

function optionsOf(chart, place) {
  const axis = {
    stroke: css('--quiet'),
    grid: { stroke: css('--line'), width: 1 },
    ticks: { stroke: css('--line'), width: 1 },
    font: `12px ${css('--font')}`,
  };
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return {
    width: place.clientWidth,
    height: 190,
    scales: { y: chart.logarithmic ? { distr: 3 } : { range: chart.range } },
    axes: [
      { ...axis, space: 80, values: (plot, times) => times.map(time => clock.format(time * 1000)) },
      {
        ...axis,
        size: 74,
        splits: (plot, number, least, most) => chart.splits(least, most),
        filter: (plot, splits) => splits,
        values: (plot, values) => values.map(value => chart.words(value).replace('.0 ', ' ')),
      },
    ],
    series: [{ value: (plot, time) => time === null ? '–' : clock.format(time * 1000) }].concat(
      chart.series.map(([label, colour], i) => ({
        label,
        stroke: css(colour),
        width: 2,
        dash: DASHES[i],
        points: { show: false },
        value: (plot, value) => value === null || value === undefined ? '–' : chart.words(value),
      }))),
  };
}

function showCharts() {
  const times = column('epochMillis').map(millis => millis / 1000);
  for (const chart of CHARTS) {
    chart.plot.setData([times].concat(chart.data()));
  }
}

function fitCharts() {
  for (const chart of CHARTS) {
    chart.plot.setSize({ width: byId(chart.place).clientWidth, height: 190 });
  }
}

// ---------------------------------------------------------------------------------------------- the loop

const seenTags = new Set();
const loop = { started: null, since: 0, paused: false, timer: 0 };

function say(state, text) {
  const status = byId('status');
  // Said again only if it is news, as it is read aloud.
  if (status.textContent !== text) {
    status.textContent = text;
  }
  status.dataset.state = state;
}

function remember(state) {
  if (state.started !== loop.started) {
    history.rows = [];
    loop.since = 0;
    seenTags.clear();
  }
  history.columns = state.history.columns;
  const news = state.history.rows.filter(row => row[0] > loop.since);
  history.rows = history.rows.concat(news).slice(-REMEMBERED_ROWS);
  loop.started = state.started;
  loop.since = state.sequence;
}

/** Who holds something, and after them who once did: the page does not jump when somebody comes or goes. */
function holdersOf(state) {
  const now = new Set(state.tags.map(use => use.tag));
  now.forEach(tag => seenTags.add(tag));
  const idle = [...seenTags].filter(tag => !now.has(tag)).sort((a, b) => rank(a) - rank(b));
  return state.tags.concat(idle.map(tag => ({ tag, slices: 0, reservedBytes: 0, oldestMillis: null })));
}

function showFacts(state) {
  const { pool, workload } = state;
  byId('facts').textContent = `${ofBytes(pool.capacityBytes)} from the heap ${pool.heap}, sync: ${pool.syncWay};`
    + ` plays ${workload.trace} at speed ${workload.speed}, round ${workload.rounds + 1}`;
  byId('facts').title = `${pool.heapReason}; ${pool.syncReason}`;
}

function show(state) {
  remember(state);
  showFacts(state);
  showNumbers(state.figures);
  const holders = holdersOf(state);
  showLegend(holders);
  showMap(state);
  showHolders(holders, state.pool.capacityBytes);
  showBudgets(state.budgets, state.figures.overBudget);
  showCharts();
  document.body.dataset.started = state.started;
  document.body.dataset.sequence = state.sequence;
  if (state.workload.problem === null) {
    say('live', 'live');
  } else {
    say('lost', `the work has ended: ${state.workload.problem}`);
  }
}

/** The server is there, but has no answer. */
class Refusal extends Error {}

async function fetchState(since) {
  const answer = await fetch(`/state?since=${since}`, { signal: AbortSignal.timeout(LONGEST_WAIT_MILLIS) });
  if (!answer.ok) {
    throw new Refusal((await answer.text()).trim());
  }
  return answer.json();
}

async function look() {
  try {
    let state = await fetchState(loop.since);
    if (state.started !== loop.started && loop.since > 0) {
      // Another server than before: its snapshots are numbered anew.
      state = await fetchState(0);
    }
    if (!loop.paused) {
      show(state);
    }
  } catch (failure) {
    if (!loop.paused) {
      say('lost', failure instanceof Refusal ? failure.message : 'connection lost, trying again');
    }
  }
}

async function run() {
  if (!loop.paused) {
    await look();
    clearTimeout(loop.timer);
    loop.timer = setTimeout(run, Number(byId('refresh').value));
  }
}

function togglePause() {
  loop.paused = !loop.paused;
  byId('pause').setAttribute('aria-pressed', loop.paused);
  clearTimeout(loop.timer);
  if (loop.paused) {
    say('paused', 'paused');
  } else {
    say('live', 'going on');
    run();
  }
}

function pressed(event) {
  const typing = event.ctrlKey || event.altKey || event.metaKey || event.target.closest('select, input');
  if (event.key === 'p' && !typing) {
    togglePause();
  }
}

makeNumbers();
makeCharts();
map.canvas.addEventListener('pointermove', pointByMouse);
map.canvas.addEventListener('pointerdown', pointByMouse);
map.canvas.addEventListener('pointerleave', () => pointAt(null));
map.canvas.addEventListener('keydown', pointByKey);
byId('pause').addEventListener('click', togglePause);
document.addEventListener('keydown', pressed);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  makeCharts();
  drawMap();
});
new ResizeObserver(() => {
  fitCharts();
  drawMap();
}).observe(document.querySelector('main'));
run();
