// Draws one window of time on the canvas: a row of turns, a lane for each group of kinds, marks below.
import { duration } from '../plain/format';
import type { Callback } from '../plain/protocol';
import { LANES, type Recording, endOf, laneOf, markStepUs, turnsOf } from '../plain/timeline';

export interface View {
  endUs: number;
  usPerPx: number;
}

export interface Drawn {
  callback: Callback;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A callback at least this long is drawn as a stall. */
const STALL_US = 50_000;
export const LABEL_PX = 84;
const TURNS_PX = 18;
const MARKS_PX = 18;
const LANE_PX_MAX = 44;
/** Narrower callbacks are drawn this wide, so that they are seen at all. */
const WIDTH_PX_MIN = 2;

export function draw(canvas: HTMLCanvasElement, recording: Recording, view: View): Drawn[] {
  const context = canvas.getContext('2d');
  if (!context) return [];
  const scale = window.devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== width * scale || canvas.height !== height * scale) {
    canvas.width = width * scale;
    canvas.height = height * scale;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim() || '#888888';
  context.font = `11px ${style.getPropertyValue('--vscode-font-family') || 'sans-serif'}`;
  context.textBaseline = 'middle';

  const fromUs = view.endUs - (width - LABEL_PX) * view.usPerPx;
  const toX = (us: number): number => LABEL_PX + (us - fromUs) / view.usPerPx;
  const callbacks = recording.between(fromUs, view.endUs);
  const lanePx = Math.min(LANE_PX_MAX, (height - TURNS_PX - MARKS_PX) / LANES.length);

  drawMarks();
  drawTurns();
  const drawn = drawCallbacks();
  drawLabels();
  return drawn;

  function drawMarks(): void {
    if (!context) return;
    const step = markStepUs(view.usPerPx, 90);
    const bottom = TURNS_PX + lanePx * LANES.length;
    context.strokeStyle = color('--vscode-editorIndentGuide-background1');
    context.fillStyle = color('--vscode-descriptionForeground');
    context.lineWidth = 1;
    for (let back = 0; ; back += step) {
      const x = Math.round(toX(view.endUs - back)) - 0.5;
      if (x < LABEL_PX) break;
      context.beginPath();
      context.moveTo(x, TURNS_PX);
      context.lineTo(x, bottom);
      context.stroke();
      const text = back === 0 ? '' : `−${duration(back)}`;
      const textWidth = context.measureText(text).width;
      if (x - textWidth / 2 > LABEL_PX) context.fillText(text, x - textWidth / 2, bottom + MARKS_PX / 2);
    }
  }

  function drawTurns(): void {
    if (!context) return;
    for (const { turn, startUs, endUs } of turnsOf(callbacks)) {
      const x = Math.max(LABEL_PX, toX(startUs));
      const wide = Math.max(WIDTH_PX_MIN / 2, toX(endUs) - x);
      context.fillStyle = color(turn % 2 === 0 ? '--vscode-charts-lines' : '--vscode-scrollbarSlider-background');
      context.fillRect(x, 3, wide, TURNS_PX - 6);
      const text = String(turn);
      if (wide > context.measureText(text).width + 6) {
        context.fillStyle = color('--vscode-foreground');
        context.fillText(text, x + 3, TURNS_PX / 2);
      }
    }
  }

  function drawCallbacks(): Drawn[] {
    const rows: Drawn[] = [];
    for (const callback of callbacks) {
      const lane = laneOf(callback.kind);
      const start = Math.max(LABEL_PX, toX(callback.startedAt ?? 0));
      const wide = Math.max(WIDTH_PX_MIN, toX(endOf(callback)) - start);
      const y = TURNS_PX + lane * lanePx + 3;
      rows.push({ callback, x: start, y, width: wide, height: lanePx - 6 });
    }
    if (!context) return rows;
    for (const { callback, x, y, width: wide, height: tall } of rows) {
      const stalled = (callback.durationUs ?? 0) >= STALL_US;
      context.fillStyle = color(stalled ? '--vscode-charts-red' : LANES[laneOf(callback.kind)]?.color ?? '');
      context.fillRect(x, y, wide, tall);
      if (wide < 40) continue;
      context.save();
      context.beginPath();
      context.rect(x, y, wide, tall);
      context.clip();
      context.fillStyle = color('--vscode-editor-background');
      context.fillText(`${callback.definition?.functionName || callback.kind} ${duration(callback.durationUs ?? 0)}`, x + 4, y + tall / 2);
      context.restore();
    }
    return rows;
  }

  function drawLabels(): void {
    if (!context) return;
    context.fillStyle = color('--vscode-panel-background');
    context.fillRect(0, 0, LABEL_PX - 1, height);
    context.fillStyle = color('--vscode-descriptionForeground');
    context.fillText('turns', 8, TURNS_PX / 2);
    LANES.forEach((lane, index) => {
      const middle = TURNS_PX + index * lanePx + lanePx / 2;
      context.fillStyle = color(lane.color);
      context.fillRect(8, middle - 4, 8, 8);
      context.fillStyle = color('--vscode-foreground');
      context.fillText(lane.name, 22, middle);
    });
  }
}
