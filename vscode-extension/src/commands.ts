// The commands: each asks the shown loop, and says what went wrong.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { attachLoopView } from './beside';
import type { Loops } from './loop/loops';
import type { LoopSource, Position } from './loop/source';
import { currentFile, isScript } from './plain/launch';
import type { Programs } from './programs';
import { OPEN, openPlace } from './views/places';

export function commands(programs: Programs, loops: Loops, log: vscode.LogOutputChannel): vscode.Disposable {
  const shown = (): LoopSource => {
    if (!loops.shown) throw new Error('No event loop is watched: start debugging with Rondo, or attach the loop view.');
    return loops.shown;
  };
  const all: Record<string, (...args: never[]) => unknown> = {
    'rondo.stepToNextCallback': () => shown().stepToNextCallback(),
    'rondo.stepAlongChain': () => shown().stepAlongChain(),
    'rondo.pauseBetweenCallbacks': () => pauseBetween(shown()),
    'rondo.breakOnStall': () => loops.breakOnStall(stallThresholdUs()),
    'rondo.dontBreakOnStall': () => loops.breakOnStall(undefined),
    'rondo.attachLoopView': () => attachLoopView(loops),
    'rondo.debugFile': () => debugFile(),
    'rondo.profileFile': () => profileFile(programs),
    'rondo.showOutput': () => log.show(),
    [OPEN]: openPlace,
  };
  return vscode.Disposable.from(...Object.entries(all).map(([name, run]) => vscode.commands.registerCommand(name, async (...args: never[]) => {
    try {
      await run(...args);
    } catch (error) {
      log.error(`${name}: ${String(error)}`);
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  })));
}

async function pauseBetween(source: LoopSource): Promise<void> {
  const choices: (vscode.QuickPickItem & { at: Position })[] = [
    { label: 'Next callback', description: 'before it runs', at: 'boundary' },
    { label: 'Next phase', description: 'timers, poll, check, close', at: 'phase' },
    { label: 'Next turn', description: 'when the loop comes round', at: 'turn' },
  ];
  const choice = await vscode.window.showQuickPick(choices, { title: 'Pause between Callbacks', placeHolder: 'Stop the loop before the …' });
  if (choice) await source.pauseBetweenCallbacks(choice.at);
}

function stallThresholdUs(): number {
  return vscode.workspace.getConfiguration('rondo').get<number>('stallThreshold', 50) * 1000;
}

async function debugFile(): Promise<void> {
  const document = await scriptInEditor();
  await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(document.uri), currentFile());
}

/** Runs `rondo profile` as a task, so that its report stays in the terminal; the HTML report is offered at its end. */
async function profileFile(programs: Programs): Promise<void> {
  const rondo = programs.find('rondo');
  if (rondo === undefined) return;
  const document = await scriptInEditor();
  await document.save();
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const out = join(folder?.uri.fsPath ?? join(document.uri.fsPath, '..'), 'rondo-profile');
  const threshold = `${stallThresholdUs() / 1000}ms`;
  const run = new vscode.ProcessExecution(rondo, ['profile', '--stall-threshold', threshold, '--out', out, document.uri.fsPath], {
    ...(folder && { cwd: folder.uri.fsPath }),
  });
  const task = new vscode.Task({ type: 'rondo', command: 'profile' }, folder ?? vscode.TaskScope.Workspace, 'profile', 'Rondo', run, []);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true, panel: vscode.TaskPanelKind.Dedicated };
  const execution = await vscode.tasks.executeTask(task);
  const ended = vscode.tasks.onDidEndTaskProcess(async (event) => {
    if (event.execution !== execution) return;
    ended.dispose();
    await offerReport(vscode.Uri.file(out));
  });
}

async function offerReport(folder: vscode.Uri): Promise<void> {
  const reports = (await vscode.workspace.fs.readDirectory(folder).then((all) => all, () => [])).filter(([name]) => name.endsWith('.html'));
  const [report] = reports;
  if (!report) return;
  const open = 'Open Report';
  if (await vscode.window.showInformationMessage(`The profile is in ${folder.fsPath}.`, open) === open) {
    await vscode.env.openExternal(vscode.Uri.joinPath(folder, report[0]));
  }
}

/** The script that the user works on, in front. */
async function scriptInEditor(): Promise<vscode.TextDocument> {
  const { activeTextEditor, tabGroups } = vscode.window;
  if (activeTextEditor && isScript(activeTextEditor.document.languageId)) return activeTextEditor.document;
  // What is in front may be the walkthrough, whose button this is.
  const tabs = activeTextEditor ? [] : [tabGroups.activeTabGroup, ...tabGroups.all].flatMap((group) => [...group.tabs].reverse());
  for (const { input } of tabs) {
    if (!(input instanceof vscode.TabInputText)) continue;
    const document = await vscode.workspace.openTextDocument(input.uri);
    if (!isScript(document.languageId)) continue;
    await vscode.window.showTextDocument(document);
    return document;
  }
  throw new Error('Open a JavaScript or TypeScript file first.');
}
