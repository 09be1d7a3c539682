// From a place in a script to an editor.
import * as vscode from 'vscode';
import type { Site } from '../plain/protocol';

export const OPEN = 'rondo.openPlace';

export function openCommand(site: Site): vscode.Command {
  return { command: OPEN, title: 'Open', arguments: [site] };
}

export async function openPlace(site: Site): Promise<void> {
  const uri = site.url.startsWith('/') ? vscode.Uri.file(site.url) : vscode.Uri.parse(site.url, true);
  const at = new vscode.Position(site.lineNumber, site.columnNumber);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at), preview: true });
}
