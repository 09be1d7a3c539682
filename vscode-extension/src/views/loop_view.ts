// The Event Loop view: asks for the queues when the state has changed and somebody looks.
import * as vscode from 'vscode';
import type { Loops } from '../loop/loops';
import { loopRows } from '../plain/loop_rows';
import { RowTree } from './tree';

/** Remembers that the view was opened once by itself: VS Code shows the views of extensions closed at first. */
const SHOWN = 'rondo.shown';

export function loopView(loops: Loops, memory: vscode.Memento): vscode.Disposable {
  const tree = new RowTree();
  const view = vscode.window.createTreeView('rondo.eventLoop', { treeDataProvider: tree });
  let asking = false;
  let again = false;

  async function refresh(): Promise<void> {
    if (!view.visible && (!loops.shown || memory.get(SHOWN))) return;
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
      if (!memory.get(SHOWN) && tree.first) {
        await memory.update(SHOWN, true);
        await view.reveal(tree.first, { select: false, focus: false });
      }
    } catch {
      // The loop stands still or the program ended: what is drawn stays until the next report.
    }
  }

  return vscode.Disposable.from(view, loops.onChange(refresh), loops.onState(refresh), view.onDidChangeVisibility(refresh));
}
