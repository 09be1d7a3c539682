// Draws rows of src/plain as a tree; a click on a row with a place opens it.
import * as vscode from 'vscode';
import type { Row } from '../plain/node';
import { openCommand } from './places';

export class RowTree implements vscode.TreeDataProvider<Row> {
  readonly #change = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#change.event;
  #rows: Row[] = [];

  set rows(rows: Row[]) {
    this.#rows = rows;
    this.#change.fire();
  }

  /** Asked for by `reveal`, which is used on first rows only. */
  getParent(): undefined {
    return undefined;
  }

  get first(): Row | undefined {
    return this.#rows[0];
  }

  getChildren(row?: Row): Row[] {
    return row ? row.children ?? [] : this.#rows;
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label, row.children === undefined ? vscode.TreeItemCollapsibleState.None
      : row.open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed);
    item.id = row.key;
    if (row.description) item.description = row.description;
    if (row.tooltip) item.tooltip = row.tooltip;
    if (row.context) item.contextValue = row.context;
    if (row.icon) item.iconPath = new vscode.ThemeIcon(row.icon, row.color ? new vscode.ThemeColor(row.color) : undefined);
    if (row.site) item.command = openCommand(row.site);
    return item;
  }
}
