import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}

/** A server of the test's own, which it may kill, on a fresh data folder. */
export async function ownServer(binary: string, variables: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'weald-e2e-home-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  /** Starts it and gives the login link it prints. */
  const start = async (): Promise<string> => {
    const started = spawn(binary, ['up', '--no-open', '--addr', `127.0.0.1:${port}`], {
      env: { ...process.env, ...variables, WEALD_HOME: home, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    return new Promise((resolve, reject) => {
      let text = '';
      started.stdout.on('data', (piece: Buffer) => {
        text += piece.toString();
        const link = /(http:\S+#code=\S+)/.exec(text)?.[1];
        if (link !== undefined) resolve(link);
      });
      started.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
    });
  };
  const kill = (signal: NodeJS.Signals = 'SIGKILL') =>
    new Promise<void>((resolve) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill(signal);
      return undefined;
    });
  return { start, kill };
}
