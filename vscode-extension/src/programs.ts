// The programs for the editor's side: where they are by the settings of now, and a message with a way out when they are not.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type Program, findProgram } from './plain/programs';

export class Programs {
  /** What the user is being told now, so that it is not told twice. */
  readonly #told = new Set<string>();

  constructor(readonly extension: vscode.Uri) {}

  /** The program's path, or nothing: then the user is told why. */
  find(program: Program): string | undefined {
    const found = findProgram(program, {
      setting: vscode.workspace.getConfiguration('rondo').get<string>('path', '').trim(),
      bundled: join(this.extension.fsPath, 'bin'),
      path: process.env['PATH'] ?? '',
    });
    if ('file' in found) return found.file;
    void this.#complain(found.problem);
    return undefined;
  }

  async #complain(problem: string): Promise<void> {
    if (this.#told.has(problem)) return;
    this.#told.add(problem);
    const settings = 'Open Setting';
    try {
      if (await vscode.window.showErrorMessage(problem, settings) === settings) {
        await vscode.commands.executeCommand('workbench.action.openSettings', 'rondo.path');
      }
    } finally {
      this.#told.delete(problem);
    }
  }
}
