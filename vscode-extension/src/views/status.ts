// The status-bar item: how late callbacks start and how busy the loop is, while a loop is shown.
import * as vscode from 'vscode';
import type { Loops } from '../loop/loops';
import { duration } from '../plain/format';
import type { LoopState } from '../plain/protocol';

/** A p99 above this is shown as a warning: one frame at 60 Hz is 17 ms, a stall is 50 ms. */
const LATE_US = 50_000;

export function statusItem(loops: Loops): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('rondo.lag', vscode.StatusBarAlignment.Left, 5);
  item.name = 'Rondo: Loop Lag';
  item.command = 'rondo.eventLoop.focus';
  const drawStopped = (): void => {
    // What is late now is late by the debugger's doing.
    item.text = '$(debug-pause) loop stands still';
    item.tooltip = 'The debugger has stopped the program.';
    item.backgroundColor = undefined;
    item.show();
  };
  const draw = (state: LoopState): void => {
    const { lag } = state;
    if (loops.isStopped) return drawStopped();
    item.text = `$(sync) lag ${duration(lag.p99Us)} · ${Math.round(state.utilization * 100)} %`;
    item.tooltip = new vscode.MarkdownString(
      `**Event loop**, the last 10 seconds without the debugger's stops\n\n| | |\n|---|---|\n| callbacks late, p50 | ${duration(lag.p50Us)} |\n| p99 | ${duration(lag.p99Us)} |\n`
      + `| longest | ${duration(lag.maxUs)} |\n| busy since the last report | ${Math.round(state.utilization * 100)} % |\n| turn | ${state.turn} |`);
    item.backgroundColor = lag.p99Us > LATE_US ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  };
  const change = (): void => {
    if (loops.shown === undefined) item.hide();
    else if (loops.isStopped) drawStopped();
    else if (loops.state) draw(loops.state);
  };
  return vscode.Disposable.from(item, loops.onState(draw), loops.onChange(change));
}
