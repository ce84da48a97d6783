import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PareError } from '../../base/pare-error.ts';
import type { NodeTime, Runner, RunnerApart, Session } from '../../base/runner.ts';
import type { Tensor } from '../../base/tensor.ts';
import { engineDied, engineProgramMissing } from '../errors.ts';
import { type MessagePlace, openMessageFile } from './message-file.ts';
import type { Reply, Request } from './request.ts';

/** A process that does not end by itself is made to. */
const GRACE_MS = 2000;

/**
 * Starts the engine in a process of its own. Requests are answered one after the other, in order.
 * @throws PareError `engine-program-missing`, or what the engine there says
 */
export async function engineApart(program: URL): Promise<RunnerApart> {
  const path = fileURLToPath(program);
  if (!existsSync(path)) throw engineProgramMissing(path);
  const process = new EngineProcess(path);
  try {
    const engine = (await process.ask({ kind: 'engine' })) as Runner['engine'];
    return {
      engine,
      async load(model, options) {
        // What the other side gives for this request: see engine-process.ts. So below.
        const loaded = (await process.ask({ kind: 'load', model, options })) as LoadedApart;
        return sessionApart(process, loaded);
      },
      optimize: async (model, level) => (await process.ask({ kind: 'optimize', model, level })) as Uint8Array,
      close: () => process.end(),
    };
  } catch (error) {
    await process.end();
    throw error;
  }
}

export interface LoadedApart {
  readonly session: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

function sessionApart(process: EngineProcess, { session, inputNames, outputNames }: LoadedApart): Session {
  return {
    inputNames,
    outputNames,
    run: async (feeds, fetches) =>
      (await process.ask({ kind: 'run', session, feeds, fetches })) as Record<string, Tensor>,
    profile: async () => (await process.ask({ kind: 'profile', session })) as NodeTime[],
    close: async () => {
      await process.ask({ kind: 'close', session });
    },
  };
}

interface Waiting {
  /** @param told where the reply is, or the reply itself where it could not be written */
  resolve(told: MessagePlace | Reply): void;
  reject(error: Error): void;
}

class EngineProcess {
  readonly #child: ChildProcess;
  readonly #there = openMessageFile();
  readonly #back = openMessageFile();
  /** Requests wait for one another: a file holds one message. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting: Waiting | undefined;
  /** How it ended. */
  #end: string | undefined;

  constructor(program: string) {
    this.#child = fork(program, [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', this.#there.descriptor, this.#back.descriptor],
      // Flags of this process, as those of a test runner or debugger, are none of the engine's.
      execArgv: [],
    });
    // Nobody else sends from there.
    this.#child.on('message', (told) => this.#waiting?.resolve(told as MessagePlace | Reply));
    this.#child.on('exit', (code, signal) => this.#died(signal ?? `exit code ${code}`));
    this.#child.on('error', (error) => this.#died(error.message));
  }

  ask(request: Request): Promise<unknown> {
    const answer = this.#last.then(() => this.#answer(request));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the process, at the latest after a while. */
  async end(): Promise<void> {
    if (this.#end === undefined) {
      const ended = once(this.#child, 'exit');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
      if (this.#child.connected) this.#child.disconnect();
      await ended;
      clearTimeout(timer);
    }
    for (const file of [this.#there, this.#back]) file.close();
  }

  async #answer(request: Request): Promise<unknown> {
    if (this.#end !== undefined) throw engineDied(this.#end);
    const asked = this.#there.write(request);
    const told = await new Promise<MessagePlace | Reply>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      // Where the other side is gone its end says more than that nothing could be sent.
      this.#child.send(asked, () => undefined);
    });
    const reply = 'at' in told ? (this.#back.read(told) as Reply) : told;
    if ('error' in reply) throw new PareError(reply.error);
    return reply.value;
  }

  #died(how: string): void {
    this.#end ??= how;
    this.#waiting?.reject(engineDied(this.#end));
  }
}
