// Debug configurations: those the extension offers, and what F5 does without a launch.json.

export interface Configuration {
  type: string;
  request: string;
  name: string;
  [key: string]: unknown;
}

/** Starts the file in the editor. */
export function currentFile(): Configuration {
  return { type: 'rondo', request: 'launch', name: 'Run current file with Rondo', program: '${file}', cwd: '${workspaceFolder}' };
}

export function initialConfigurations(main: string | undefined): Configuration[] {
  return [
    main === undefined ? currentFile() : { type: 'rondo', request: 'launch', name: 'Launch program with Rondo', program: `\${workspaceFolder}/${main}` },
    { type: 'rondo', request: 'attach', name: 'Attach to Rondo', port: 9229 },
  ];
}

/** What F5 without a launch.json gives is empty: the file in the editor then. A problem is a sentence for the user. */
export function completed(given: Configuration, languageOfEditor: string | undefined): Configuration | { problem: string } {
  const empty = !given.type && !given.request && !given.name;
  if (empty) {
    return isScript(languageOfEditor) ? currentFile() : { problem: 'Open a JavaScript or TypeScript file to run it with Rondo.' };
  }
  if (given.request === 'launch' && typeof given['program'] !== 'string') {
    return { problem: `The configuration “${given.name}” has no “program”: the file to run.` };
  }
  if (given.request === 'attach' && !['port', 'processId', 'url'].some((key) => given[key] !== undefined)) return { ...given, port: 9229 };
  return given;
}

/** HOST:PORT of the inspector that a configuration of the JavaScript debugger attaches to. */
export function inspectorOf(given: Record<string, unknown>): string | undefined {
  const { websocketAddress, address, port } = given;
  if (typeof websocketAddress === 'string' && URL.canParse(websocketAddress)) return new URL(websocketAddress).host;
  const isPort = typeof port === 'number' || (typeof port === 'string' && /^\d+$/.test(port));
  return isPort ? `${typeof address === 'string' ? address : '127.0.0.1'}:${port}` : undefined;
}

const SCRIPTS = ['javascript', 'typescript', 'javascriptreact', 'typescriptreact'];

export function isScript(language: string | undefined): boolean {
  return language !== undefined && SCRIPTS.includes(language);
}
