/** The Jupyter server of the tests: how it is started, and the folder that it serves. */

import { type ChildProcess, spawn } from 'child_process';
import { mkdirSync, writeFileSync } from 'fs';
import { dirname, join, resolve } from 'path';

function given(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: start the tests with scripts/ui-tests`);
  }
  return value;
}

export const folder = given('UI_FOLDER');
export const port = Number(given('UI_PORT'));
export const root = join(folder, 'root');

/** The command that starts a server. */
export function command(on: number): string[] {
  return [
    resolve(__dirname, '../../.venv/bin/jupyter-lab'),
    `--config=${join(__dirname, 'jupyter_server_config.py')}`,
    `--ServerApp.port=${on}`
  ];
}

/** Its environment: nothing of the person's own configuration, store or layouts. */
export function environment(): { [name: string]: string } {
  mkdirSync(root, { recursive: true });
  leaveOutScheduler(join(folder, 'quiet'));
  return {
    ...(process.env as { [name: string]: string }),
    JUPYTERLAB_GALATA_ROOT_DIR: root,
    JUPYTER_MLOPS_STORE: join(folder, 'store'),
    JUPYTER_CONFIG_DIR: join(folder, 'config'),
    JUPYTER_CONFIG_PATH: join(folder, 'quiet'),
    JUPYTER_DATA_DIR: join(folder, 'data'),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime')
  };
}

/** Switch jupyter-scheduler off, which is installed for other tests, on the server and in the page. */
function leaveOutScheduler(config: string): void {
  const parts = {
    'jupyter_server_config.d/jupyter_scheduler.json': {
      ServerApp: { jpserver_extensions: { jupyter_scheduler: false } }
    },
    'labconfig/page_config.json': { disabledExtensions: { '@jupyterlab/scheduler': true } }
  };
  for (const [path, content] of Object.entries(parts)) {
    mkdirSync(dirname(join(config, path)), { recursive: true });
    writeFileSync(join(config, path), JSON.stringify(content));
  }
}

/** Start a server beside the one of all tests, and wait until it answers. */
export async function startServer(on: number): Promise<ChildProcess> {
  const [program, ...args] = command(on);
  const server = spawn(program!, args, { env: environment(), stdio: 'ignore' });
  for (let tries = 0; tries < 240; tries += 1) {
    try {
      if ((await fetch(`http://localhost:${on}/api`)).ok) {
        return server;
      }
    } catch {
      await new Promise(done => setTimeout(done, 250));
    }
  }
  server.kill('SIGKILL');
  throw new Error('the server does not answer');
}

/** Kill a server as a crash would, and wait until it is gone. */
export async function killServer(server: ChildProcess): Promise<void> {
  const gone = new Promise(done => server.once('exit', done));
  server.kill('SIGKILL');
  await gone;
}

/** Write a file that the server serves. */
export function write(path: string, content: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
