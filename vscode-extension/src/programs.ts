// The programs for the editor's side: where they are by the settings of now, and a message with a way out when they are not.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type Program, findProgram } from './plain/programs';

export class Programs {
  constructor(readonly extension: vscode.Uri) {}

  /** The program's path; when it is missing, tells the user and throws. */
  require(program: Program): string {
    const found = findProgram(program, {
      setting: vscode.workspace.getConfiguration('rondo').get<string>('path', '').trim(),
      bundled: join(this.extension.fsPath, 'bin'),
      path: process.env['PATH'] ?? '',
    });
    if ('file' in found) return found.file;
    void this.#complain(found.problem);
    throw new Error(found.problem);
  }

  async #complain(problem: string): Promise<void> {
    const settings = 'Open Setting';
    if (await vscode.window.showErrorMessage(problem, settings) === settings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'rondo.path');
    }
  }
}
