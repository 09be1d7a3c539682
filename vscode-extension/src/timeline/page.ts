// The timeline's page: keeps the callbacks, follows the newest until the user holds or drags, answers the mouse.
import { duration, kindName, namedPlace, siteOf } from '../plain/format';
import type { Callback } from '../plain/protocol';
import { Recording } from '../plain/timeline';
import { LABEL_PX, draw, type Drawn, type View } from './drawing';
import type { FromPage, ToPage } from './messages';

declare function acquireVsCodeApi(): { postMessage: (message: FromPage) => void };

/** Shown at first. */
const WINDOW_US = 5_000_000;
const US_PER_PX_MIN = 1;
const US_PER_PX_MAX = 200_000;

const host = acquireVsCodeApi();
const canvas = element<HTMLCanvasElement>('canvas');
const tip = element('tip');
const follow = element<HTMLButtonElement>('follow');
const empty = element('empty');
const recording = new Recording();
const view: View = { endUs: 0, usPerPx: WINDOW_US / 1000 };
let sized = false;
let following = true;
let live = false;
let drawn: Drawn[] = [];
let drag: { x: number; endUs: number } | undefined;
/** The clock of the program against ours, so that the window moves between reports. */
let newestUs = 0;
let newestAtMs = 0;

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

function setFollowing(to: boolean): void {
  following = to;
  follow.textContent = to ? 'Hold' : 'Follow';
  follow.title = to ? 'Stop moving' : 'Show the newest again';
}

function redraw(): void {
  if (!sized && canvas.clientWidth > LABEL_PX) {
    view.usPerPx = WINDOW_US / (canvas.clientWidth - LABEL_PX);
    sized = true;
  }
  if (following && newestUs > 0) view.endUs = newestUs + (live ? Math.min(1000, performance.now() - newestAtMs) * 1000 : 0);
  empty.hidden = recording.endUs !== undefined;
  drawn = draw(canvas, recording, view);
}

function at(x: number, y: number): Callback | undefined {
  const slackPx = 2;
  return drawn.findLast((one) => x >= one.x - slackPx && x <= one.x + one.width + slackPx && y >= one.y && y <= one.y + one.height)?.callback;
}

function tipText(callback: Callback): string {
  const by = callback.scheduledBy?.[0];
  return [
    `${kindName(callback.kind)} callback #${callback.seq}${callback.resource ? ` · ${callback.resource}` : ''}`,
    `${callback.phase} · turn ${callback.turn} · ran ${duration(callback.durationUs ?? 0)}${callback.queueUs === undefined ? '' : ` · waited ${duration(callback.queueUs)}`}`,
    callback.definition ? `function ${namedPlace(callback.definition)}` : '',
    by ? `scheduled by ${namedPlace(by)}` : '',
  ].filter(Boolean).join('\n');
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'clear') {
    recording.clear();
    newestUs = 0;
    setFollowing(true);
  } else if (data.type === 'live') {
    live = data.live;
  } else {
    recording.add(data.history);
    if (recording.endUs !== undefined && recording.endUs > newestUs) {
      newestUs = recording.endUs;
      newestAtMs = performance.now();
    }
  }
  redraw();
});

follow.addEventListener('click', () => {
  setFollowing(!following);
  redraw();
});

canvas.addEventListener('mousemove', (event) => {
  if (drag) {
    view.endUs = drag.endUs - (event.offsetX - drag.x) * view.usPerPx;
    setFollowing(false);
    redraw();
    return;
  }
  const callback = at(event.offsetX, event.offsetY);
  tip.hidden = callback === undefined;
  canvas.style.cursor = callback && siteOf(callback) ? 'pointer' : 'default';
  if (!callback) return;
  tip.textContent = tipText(callback);
  tip.style.left = `${Math.min(event.offsetX + 12, canvas.clientWidth - tip.offsetWidth - 4)}px`;
  tip.style.top = `${Math.max(2, Math.min(event.offsetY + 14, canvas.clientHeight - tip.offsetHeight - 2))}px`;
});
canvas.addEventListener('mouseleave', () => { tip.hidden = true; });
canvas.addEventListener('mousedown', (event) => { drag = { x: event.offsetX, endUs: view.endUs }; });
window.addEventListener('mouseup', () => { drag = undefined; });
canvas.addEventListener('click', (event) => {
  const callback = at(event.offsetX, event.offsetY);
  const site = callback?.definition ?? (callback && siteOf(callback));
  if (site) host.postMessage({ type: 'open', site });
});
canvas.addEventListener('wheel', (event) => {
  event.preventDefault();
  const factor = 1.0015 ** event.deltaY;
  const usPerPx = Math.min(US_PER_PX_MAX, Math.max(US_PER_PX_MIN, view.usPerPx * factor));
  if (!following) view.endUs += (usPerPx - view.usPerPx) * (canvas.clientWidth - event.offsetX);
  view.usPerPx = usPerPx;
  redraw();
}, { passive: false });

new ResizeObserver(redraw).observe(canvas);
setFollowing(true);
host.postMessage({ type: 'ready' });
(function frame(): void {
  if (live && following) redraw();
  setTimeout(() => requestAnimationFrame(frame), 50);
})();
