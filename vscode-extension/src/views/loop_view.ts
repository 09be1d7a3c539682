// The Event Loop view: asks for the queues when the state has changed and somebody looks.
import * as vscode from 'vscode';
import type { Loops } from '../loop/loops';
import { loopRows } from '../plain/loop_rows';
import { RowTree } from './tree';

export function loopView(loops: Loops): vscode.Disposable {
  const tree = new RowTree();
  const view = vscode.window.createTreeView('rondo.eventLoop', { treeDataProvider: tree });
  let asking = false;
  let again = false;

  async function refresh(): Promise<void> {
    if (!view.visible) return;
    again = true;
    if (asking) return;
    asking = true;
    try {
      while (again) {
        again = false;
        await draw();
      }
    } finally {
      asking = false;
    }
  }

  async function draw(): Promise<void> {
    const source = loops.shown;
    if (!source) {
      tree.rows = [];
      view.description = '';
      return;
    }
    try {
      const [state, queues] = await Promise.all([source.state(), source.queues()]);
      if (source !== loops.shown) return;
      tree.rows = loopRows(state, queues);
      view.description = source.name;
    } catch {
      // The loop stands still or the program ended: what is drawn stays until the next report.
    }
  }

  return vscode.Disposable.from(view, loops.onChange(refresh), loops.onState(refresh), view.onDidChangeVisibility(refresh));
}
