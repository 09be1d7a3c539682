// The Stalls view of the shown loop; what the last one left stays until the next begins.
import * as vscode from 'vscode';
import type { Loops } from '../loop/loops';
import { RowTree } from './tree';

export function stallsView(loops: Loops): vscode.Disposable {
  const tree = new RowTree();
  const view = vscode.window.createTreeView('rondo.stalls', { treeDataProvider: tree });
  const draw = (): void => {
    tree.rows = loops.stalls.rows();
    const { size } = loops.stalls;
    view.badge = size === 0 ? undefined : { value: size, tooltip: `${size} places where the event loop stood still` };
  };
  const clear = vscode.commands.registerCommand('rondo.clearStalls', () => {
    loops.stalls.clear();
    draw();
  });
  return vscode.Disposable.from(view, clear, loops.onChange(draw), loops.onStall(draw));
}
