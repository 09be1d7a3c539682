// The timeline: one canvas with a lane for each kind of callback, one above it with the whole recording.
'use strict';

/** Bytes of one callback in the packed table, as `report/mod.rs` writes it. */
const ROW_BYTES = 28;
const NO_SITE = 0xffff;
const LANE = 26;
const GAP = 5;
const AXIS = 22;
const LABEL = 104;
/** Waiting shorter than this is not drawn. */
const WAIT_US_MIN = 2000;
/** The narrowest view, in microseconds. */
const VIEW_US_MIN = 20;
const HUES = {
  timeout: 215, interval: 228, immediate: 200, accept: 158, connect: 150, read: 168, write: 178, close: 140, listen: 150,
  fs: 268, dns: 285, crypto: 300, zlib: 318, child: 250, signal: 40, stdio: 185, message: 188, watch: 262, module: 55, nextTick: 345, microtask: 332, inspector: 90,
};

/** The callbacks as columns. */
class Rows {
  constructor(text) {
    const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const view = new DataView(packed.buffer);
    const count = packed.length / ROW_BYTES;
    this.count = count;
    for (const [name, type] of [['start', Float64Array], ['took', Uint32Array], ['queue', Uint32Array], ['site', Uint16Array], ['kind', Uint8Array], ['id', Uint32Array], ['trigger', Uint32Array], ['turn', Uint32Array]]) this[name] = new type(count);
    let wraps = 0;
    for (let row = 0, at = 0; row < count; row++, at += ROW_BYTES) {
      const start = view.getUint32(at, true);
      if (row > 0 && start + wraps < this.start[row - 1] - 2 ** 31) wraps += 2 ** 32;
      this.start[row] = start + wraps;
      this.took[row] = view.getUint32(at + 4, true);
      this.queue[row] = view.getUint32(at + 8, true);
      this.site[row] = view.getUint16(at + 12, true);
      this.kind[row] = packed[at + 14];
      this.id[row] = view.getUint32(at + 16, true);
      this.trigger[row] = view.getUint32(at + 20, true);
      this.turn[row] = view.getUint32(at + 24, true);
    }
  }

  /** The first row that may still run at `time`: callbacks follow each other, so the one before may. */
  from(time) {
    let low = 0, high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.start[middle] < time) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 2);
  }

  byId(id) {
    if (!this.places) {
      this.places = new Map();
      for (let row = 0; row < this.count; row++) this.places.set(this.id[row], row);
    }
    return this.places.get(id);
  }
}

const formatTime = (us) => (us === 0 ? '0 ms' : us < 10_000 ? `${(us / 1000).toFixed(us < 1000 ? 3 : 1)} ms` : us < 1_000_000 ? `${Math.round(us / 1000)} ms` : `${(us / 1e6).toFixed(us < 10_000_000 ? 2 : 1)} s`);

class Timeline {
  constructor(data, elements, onSelect) {
    Object.assign(this, { data, onSelect, ...elements });
    // Those of workers have no place in the time of the main loop.
    this.stalls = data.stalls.filter((stall) => !stall.worker);
    this.rows = new Rows(data.rows);
    this.span = Math.max(1, data.meta.spanUs);
    this.view = { from: 0, to: this.span };
    this.selected = undefined;
    this.hover = undefined;
    const used = new Set(this.rows.kind);
    for (const [kind] of data.sums.list) used.add(kind);
    this.lanes = [{ type: 'stalls', name: 'stalls' }, { type: 'load', name: 'loop busy' }];
    for (const kind of [...used].sort((a, b) => a - b)) this.lanes.push({ type: 'kind', kind, name: data.kinds[kind] });
    if (data.spans.some(([, , name]) => name === null)) this.lanes.push({ type: 'gc', name: 'collections' });
    if (data.spans.some(([, , name]) => name !== null)) this.lanes.push({ type: 'ops', name: 'native ops' });
    this.lanes.push({ type: 'waits', name: 'who waited' });
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  // Views

  show(from, to) {
    const width = Math.min(this.span, Math.max(VIEW_US_MIN, to - from));
    from = Math.min(Math.max(0, from), this.span - width);
    this.view = { from, to: from + width };
    this.schedule();
  }

  zoom(factor, at = (this.view.from + this.view.to) / 2) {
    const { from, to } = this.view;
    this.show(at - (at - from) * factor, at + (to - at) * factor);
  }

  move(part) {
    const width = (this.view.to - this.view.from) * part;
    this.show(this.view.from + width, this.view.to + width);
  }

  select(stall, reveal) {
    this.selected = stall;
    if (reveal && stall) this.show(stall.fromUs - stall.tookUs * 0.8, stall.fromUs + stall.tookUs * 1.8);
    this.schedule();
  }

  schedule() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  // Drawing

  prepare(canvas, height) {
    const scale = devicePixelRatio || 1;
    const width = canvas.clientWidth;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext('2d');
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    return { pen, width };
  }

  colours() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(`--${name}`).trim();
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    return {
      ink: of('ink'), soft: of('soft'), line: of('line'), faint: of('faint'), hurt: of('hurt'), warn: of('warn'), select: of('select'), calm: of('calm'),
      kind: (name) => `hsl(${HUES[name] ?? 0} ${dark ? '48% 62%' : '46% 48%'})`,
    };
  }

  draw() {
    if (!this.canvas.clientWidth) return;
    const colours = this.colours();
    this.drawOverview(colours);
    const height = AXIS + this.lanes.length * (LANE + GAP);
    const { pen, width } = this.prepare(this.canvas, height);
    const plot = Math.max(10, width - LABEL);
    const { from, to } = this.view;
    const scale = plot / (to - from);
    this.place = { plot, scale };
    const x = (time) => LABEL + (time - from) * scale;
    this.drawAxis(pen, width, height, colours, x);
    pen.save();
    pen.beginPath();
    pen.rect(LABEL, 0, plot, height);
    pen.clip();
    const columns = Math.ceil(plot) + 1;
    const load = new Float32Array(columns);
    const cover = this.lanes.map((lane) => (lane.type === 'kind' ? new Float32Array(columns) : undefined));
    this.drawCallbacks(pen, colours, x, load, cover);
    this.drawSums(load, cover);
    this.drawCover(pen, colours, load, cover);
    this.drawSpans(pen, colours, x);
    this.drawWaits(pen, colours, x);
    this.drawStalls(pen, colours, x, height);
    this.drawHover(pen, colours, x);
    pen.restore();
    const exact = (time) => (to - from < 1e6 ? `${+(time / 1000).toFixed(3)} ms` : formatTime(time));
    this.range.textContent = `${exact(from)} – ${exact(to)} · ${exact(to - from)}`;
  }

  top(lane) {
    return AXIS + lane * (LANE + GAP);
  }

  drawAxis(pen, width, height, colours, x) {
    pen.font = '11px system-ui, sans-serif';
    pen.textBaseline = 'middle';
    this.lanes.forEach((lane, index) => {
      pen.fillStyle = colours.faint;
      pen.fillRect(LABEL, this.top(index), width - LABEL, LANE);
      pen.fillStyle = lane.type === 'kind' ? colours.ink : colours.soft;
      pen.fillText(lane.name, 2, this.top(index) + LANE / 2);
    });
    const { from, to } = this.view;
    const rough = (to - from) / Math.max(2, Math.floor((width - LABEL) / 110));
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
    const unit = step >= 1e6 ? [1e6, 's'] : [1000, 'ms'];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const left = Math.round(x(at)) + 0.5;
      pen.fillStyle = colours.line;
      pen.fillRect(left, AXIS - 5, 1, height);
      pen.fillStyle = colours.soft;
      pen.fillText(`${+(at / unit[0]).toFixed(3)} ${unit[1]}`, left + 4, 8);
    }
  }

  drawCallbacks(pen, colours, x, load, cover) {
    const { rows, view } = this;
    const laneOf = new Int16Array(256).fill(-1);
    this.lanes.forEach((lane, index) => { if (lane.type === 'kind') laneOf[lane.kind] = index; });
    const paints = this.data.kinds.map((name) => colours.kind(name));
    for (let row = rows.from(view.from); row < rows.count && rows.start[row] < view.to; row++) {
      const left = x(rows.start[row]) - LABEL;
      const right = left + rows.took[row] * this.place.scale;
      if (right < 0) continue;
      this.fill(load, left, right);
      const lane = laneOf[rows.kind[row]];
      if (right - left >= 1.5) {
        pen.fillStyle = paints[rows.kind[row]];
        pen.fillRect(LABEL + left, this.top(lane) + 3, right - left - (right - left > 4 ? 0.6 : 0), LANE - 6);
        if (right - left > 60) this.label(pen, this.titleOf(row), LABEL + Math.max(0, left), LABEL + Math.min(this.place.plot, right), lane);
      } else cover[lane][Math.max(0, left | 0)] += right - left + 0.02;
    }
  }

  label(pen, text, left, right, lane, colour = '#fff') {
    pen.save();
    pen.beginPath();
    pen.rect(left, this.top(lane), right - left - 4, LANE);
    pen.clip();
    pen.fillStyle = colour;
    pen.fillText(text, left + 6, this.top(lane) + LANE / 2);
    pen.restore();
  }

  /** Adds the part of each column that is covered. */
  fill(columns, left, right, weight = 1) {
    left = Math.max(0, left);
    right = Math.min(columns.length, right);
    for (let column = left | 0; column < right; column++) {
      columns[column] += (Math.min(right, column + 1) - Math.max(left, column)) * weight;
    }
  }

  /** Callbacks that are not in the table, as sums. */
  drawSums(load, cover) {
    const { slices, list } = this.data.sums;
    const slice = this.span / slices;
    const laneOf = new Map(this.lanes.map((lane, index) => [lane.kind, index]));
    for (const [kind, number, , busy] of list) {
      const left = (number * slice - this.view.from) * this.place.scale;
      const right = left + slice * this.place.scale;
      if (right < 0 || left > load.length) continue;
      const weight = Math.min(1, busy / slice);
      this.fill(load, left, right, weight);
      this.fill(cover[laneOf.get(kind)], left, right, weight);
    }
  }

  drawCover(pen, colours, load, cover) {
    this.lanes.forEach((lane, index) => {
      const top = this.top(index);
      if (lane.type === 'load') {
        pen.fillStyle = colours.calm;
        for (let column = 0; column < load.length; column++) {
          const tall = Math.min(1, load[column]) * LANE;
          if (tall > 0) pen.fillRect(LABEL + column, top + LANE - Math.max(0.6, tall), 1, Math.max(0.6, tall));
        }
      }
      if (lane.type !== 'kind') return;
      pen.fillStyle = colours.kind(lane.name);
      for (let column = 0; column < load.length; column++) {
        if (cover[index][column] === 0) continue;
        pen.globalAlpha = Math.min(1, 0.3 + cover[index][column] * 0.7);
        pen.fillRect(LABEL + column, top + 3, 1, LANE - 6);
      }
      pen.globalAlpha = 1;
    });
  }

  drawSpans(pen, colours, x) {
    const lanes = { gc: this.lanes.findIndex((lane) => lane.type === 'gc'), ops: this.lanes.findIndex((lane) => lane.type === 'ops') };
    for (const [from, took, name] of this.data.spans) {
      if (from + took < this.view.from || from > this.view.to) continue;
      const lane = name === null ? lanes.gc : lanes.ops;
      const wide = Math.max(1, took * this.place.scale);
      pen.fillStyle = name === null ? colours.warn : colours.kind('crypto');
      pen.fillRect(x(from), this.top(lane) + 3, wide, LANE - 6);
      if (name !== null && wide > 60) this.label(pen, name, Math.max(LABEL, x(from)), x(from) + wide, lane);
    }
  }

  /** From when somebody was ready to when he ran. */
  drawWaits(pen, colours, x) {
    const { rows, view } = this;
    const top = this.top(this.lanes.findIndex((lane) => lane.type === 'waits'));
    pen.fillStyle = colours.warn;
    pen.globalAlpha = 0.5;
    // Who began to run later than the view's end may have waited in it: a stall more is looked at.
    const longest = Math.max(0, ...this.stalls.map((stall) => stall.tookUs));
    for (let row = rows.from(view.from); row < rows.count && rows.start[row] < view.to + longest; row++) {
      const waited = rows.queue[row];
      if (waited < WAIT_US_MIN) continue;
      const offset = (rows.id[row] % 5) * 3;
      pen.fillRect(x(rows.start[row] - waited), top + 4 + offset, Math.max(1, waited * this.place.scale), 4);
    }
    for (const stall of this.stalls) {
      if (stall.fromUs > view.to || stall.fromUs + stall.tookUs < view.from || !stall.victims.count) continue;
      pen.globalAlpha = 0.16;
      pen.fillRect(x(stall.fromUs), top, Math.max(1, stall.tookUs * this.place.scale), LANE);
      pen.globalAlpha = 1;
      const wide = stall.tookUs * this.place.scale;
      if (wide > 70) this.label(pen, `${stall.victims.count} waited, ${formatTime(stall.victims.totalUs)} in all`, Math.max(LABEL, x(stall.fromUs)), x(stall.fromUs) + wide, this.lanes.length - 1, colours.ink);
      pen.fillStyle = colours.warn;
    }
    pen.globalAlpha = 1;
  }

  drawStalls(pen, colours, x, height) {
    const top = this.top(0);
    for (const stall of this.stalls) {
      if (stall.fromUs + stall.tookUs < this.view.from || stall.fromUs > this.view.to) continue;
      const left = x(stall.fromUs);
      const wide = Math.max(2, stall.tookUs * this.place.scale);
      pen.fillStyle = stall.class === 'external' ? colours.warn : colours.hurt;
      pen.fillRect(left, top + 2, wide, LANE - 4);
      if (wide > 60) this.label(pen, `${formatTime(stall.tookUs)}  ${shortPlace(stall.line)}`, Math.max(LABEL, left), left + wide, 0);
      if (stall === this.selected) {
        pen.globalAlpha = 0.09;
        pen.fillRect(left, top, wide, height);
        pen.globalAlpha = 1;
        pen.strokeStyle = colours.ink;
        pen.lineWidth = 1.5;
        pen.strokeRect(left - 0.5, top + 1, wide + 1, LANE - 2);
      }
    }
  }

  /** The line from what scheduled the callback under the pointer. */
  drawHover(pen, colours, x) {
    if (this.hover?.row === undefined) return;
    const { rows } = this;
    const { row } = this.hover;
    const laneOf = (one) => this.lanes.findIndex((lane) => lane.kind === rows.kind[one]);
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1.5;
    pen.strokeRect(x(rows.start[row]) - 1, this.top(laneOf(row)) + 2, Math.max(2, rows.took[row] * this.place.scale) + 1, LANE - 4);
    const cause = rows.byId(rows.trigger[row]);
    if (cause === undefined || rows.trigger[row] === 0) return;
    const [x1, y1] = [x(rows.start[cause] + rows.took[cause]), this.top(laneOf(cause)) + LANE / 2];
    const [x2, y2] = [x(rows.start[row]), this.top(laneOf(row)) + LANE / 2];
    pen.strokeStyle = colours.select;
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.bezierCurveTo((x1 + x2) / 2, y1, (x1 + x2) / 2, y2, x2, y2);
    pen.stroke();
  }

  drawOverview(colours) {
    const height = 44;
    const { pen, width } = this.prepare(this.overview, height);
    if (this.whole?.length !== Math.ceil(width)) {
      this.whole = new Float32Array(Math.ceil(width));
      const scale = width / this.span;
      for (let row = 0; row < this.rows.count; row++) this.fill(this.whole, this.rows.start[row] * scale, (this.rows.start[row] + this.rows.took[row]) * scale);
      const slice = this.span / this.data.sums.slices;
      for (const [, number, , busy] of this.data.sums.list) this.fill(this.whole, number * slice * scale, (number + 1) * slice * scale, busy / slice);
    }
    pen.fillStyle = colours.calm;
    for (let column = 0; column < width; column++) {
      const tall = Math.min(1, this.whole[column]) * (height - 10);
      if (tall > 0) pen.fillRect(column, height - Math.max(1, tall), 1, Math.max(1, tall));
    }
    for (const stall of this.stalls) {
      pen.fillStyle = stall.class === 'external' ? colours.warn : colours.hurt;
      pen.fillRect((stall.fromUs / this.span) * width, 0, Math.max(2, (stall.tookUs / this.span) * width), 6);
    }
    const [left, right] = [(this.view.from / this.span) * width, (this.view.to / this.span) * width];
    pen.fillStyle = colours.ink;
    pen.globalAlpha = 0.08;
    pen.fillRect(0, 0, left, height);
    pen.fillRect(right, 0, width - right, height);
    pen.globalAlpha = 1;
    pen.strokeStyle = colours.select;
    pen.strokeRect(left + 0.5, 0.5, Math.max(2, right - left - 1), height - 1);
  }

  // What stands under the pointer

  titleOf(row) {
    const site = this.rows.site[row] === NO_SITE ? undefined : this.data.sites[this.rows.site[row]];
    return site ? `${site.name} ${site.short}`.trim() : this.data.kinds[this.rows.kind[row]];
  }

  find(left, top) {
    const index = Math.floor((top - AXIS) / (LANE + GAP));
    const lane = this.lanes[index];
    if (!lane || left < LABEL) return undefined;
    const time = this.view.from + (left - LABEL) / this.place.scale;
    const near = 3 / this.place.scale;
    const within = (from, took) => time >= from - near && time <= from + took + near;
    if (lane.type === 'stalls' || lane.type === 'waits') {
      const stall = this.stalls.find((one) => within(one.fromUs, one.tookUs));
      return stall && { stall };
    }
    if (lane.type === 'gc' || lane.type === 'ops') {
      const span = this.data.spans.find(([from, took, name]) => (name === null) === (lane.type === 'gc') && within(from, took));
      return span && { span };
    }
    if (lane.type !== 'kind') return undefined;
    const { rows } = this;
    let best;
    for (let row = rows.from(time - near); row < rows.count && rows.start[row] <= time + near; row++) {
      if (rows.kind[row] === lane.kind && within(rows.start[row], rows.took[row]) && (best === undefined || rows.took[row] > rows.took[best])) best = row;
    }
    return best === undefined ? undefined : { row: best };
  }

  describe({ stall, span, row }) {
    if (stall) return [[`stall ${formatTime(stall.tookUs)}`], [stall.line ?? 'no line known'], [stall.cause], [`${stall.victims.count} waited, ${formatTime(stall.victims.totalUs)} in all`]];
    if (span) return [[`${span[2] ?? 'collection'} ${formatTime(span[1])}`], [span[3] ?? '']];
    const { rows } = this;
    const site = rows.site[row] === NO_SITE ? undefined : this.data.sites[rows.site[row]];
    const cause = rows.byId(rows.trigger[row]);
    const lines = [[`${this.data.kinds[rows.kind[row]]} ${formatTime(rows.took[row])}`]];
    if (site) lines.push([`${site.name} ${site.place}`]);
    lines.push([`turn ${rows.turn[row]} · at ${formatTime(rows.start[row])}${rows.queue[row] ? ` · waited ${formatTime(rows.queue[row])}` : ''}`]);
    if (cause !== undefined && rows.trigger[row] !== 0) lines.push([`scheduled in ${this.titleOf(cause)}`]);
    return lines;
  }

  showTip(event, found) {
    this.tip.hidden = !found;
    if (!found) return;
    this.tip.replaceChildren(...this.describe(found).filter(([text]) => text).map(([text], index) => {
      const line = document.createElement(index === 0 ? 'b' : 'div');
      line.textContent = text;
      return line;
    }));
    const frame = this.canvas.parentElement.getBoundingClientRect();
    const left = Math.min(event.clientX - frame.left + 14, frame.width - this.tip.offsetWidth - 12);
    this.tip.style.left = `${Math.max(8, left)}px`;
    this.tip.style.top = `${event.clientY - frame.top + 18}px`;
  }

  // Hands

  listen() {
    const { canvas, overview } = this;
    const timeAt = (event) => this.view.from + (event.offsetX - LABEL) / this.place.scale;
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.move(event.deltaX / 1200);
      else this.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), timeAt(event));
    }, { passive: false });
    let grip;
    canvas.addEventListener('pointerdown', (event) => {
      grip = { left: event.clientX, view: this.view, moved: false };
      canvas.setPointerCapture(event.pointerId);
      canvas.focus({ preventScroll: true });
    });
    canvas.addEventListener('pointermove', (event) => {
      if (grip) {
        const by = (grip.left - event.clientX) / this.place.scale;
        grip.moved ||= Math.abs(grip.left - event.clientX) > 3;
        canvas.classList.toggle('moving', grip.moved);
        if (grip.moved) this.show(grip.view.from + by, grip.view.to + by);
        return;
      }
      this.hover = this.find(event.offsetX, event.offsetY);
      this.showTip(event, this.hover);
      this.schedule();
    });
    canvas.addEventListener('pointerup', (event) => {
      if (grip && !grip.moved) {
        const found = this.find(event.offsetX, event.offsetY);
        if (found?.stall) this.onSelect(found.stall, false);
        else if (found?.row !== undefined) this.selectAt(this.rows.start[found.row], this.rows.took[found.row]);
      }
      grip = undefined;
      canvas.classList.remove('moving');
    });
    canvas.addEventListener('pointerleave', () => {
      this.hover = undefined;
      this.tip.hidden = true;
      this.schedule();
    });
    canvas.addEventListener('dblclick', (event) => this.zoom(0.25, timeAt(event)));
    const choose = (event) => {
      const at = (event.offsetX / overview.clientWidth) * this.span;
      const [from, to] = overview.begun === undefined ? [at, at] : [Math.min(overview.begun, at), Math.max(overview.begun, at)];
      if (to - from > this.span / 400) this.show(from, to);
      return { at, wide: to - from > this.span / 400 };
    };
    overview.addEventListener('pointerdown', (event) => {
      overview.begun = (event.offsetX / overview.clientWidth) * this.span;
      overview.setPointerCapture(event.pointerId);
    });
    overview.addEventListener('pointermove', (event) => { if (overview.begun !== undefined) choose(event); });
    overview.addEventListener('pointerup', (event) => {
      const { at, wide } = choose(event);
      const half = (this.view.to - this.view.from) / 2;
      if (!wide) this.show(at - half, at + half);
      overview.begun = undefined;
    });
  }

  /** The stall that a callback is, if it is one. */
  selectAt(start, took) {
    const stall = this.stalls.find((one) => one.fromUs < start + took && one.fromUs + one.tookUs > start);
    if (stall) this.onSelect(stall, false);
  }
}

function shortPlace(line) {
  return line ? line.replace(/^.*\/(?=[^/]*$)/, '').replace(/:(\d+):\d+/, ':$1') : '';
}
