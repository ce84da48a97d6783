// What an engine in a process of its own runs: it answers requests, one after the other, until who asks is gone.
import { PareError, type PareErrorDetails } from '../../base/pare-error.ts';
import type { Runner, Session } from '../../base/runner.ts';
import { ortNode } from '../ort-node.ts';
import type { LoadedApart } from './engine-apart.ts';
import { MessageFile, type MessagePlace } from './message-file.ts';
import type { Reply, Request } from './request.ts';

/** Where `fork` puts what stands behind the channel. */
const [THERE, BACK] = [new MessageFile(4), new MessageFile(5)];

const sessions = new Map<number, Session>();
let runner: Promise<Runner> | undefined;

async function answer(request: Request): Promise<unknown> {
  runner ??= ortNode();
  const engine = await runner;
  switch (request.kind) {
    case 'engine':
      return engine.engine;
    case 'load':
      return opened(await engine.load(request.model, request.options));
    case 'optimize':
      return engine.optimize(request.model, request.level);
    case 'run':
      return sessionOf(request).run(request.feeds, request.fetches);
    case 'profile':
      return sessionOf(request).profile();
    case 'close':
      await sessionOf(request).close();
      return sessions.delete(request.session);
  }
}

function opened(session: Session): LoadedApart {
  const number = sessions.size === 0 ? 0 : Math.max(...sessions.keys()) + 1;
  sessions.set(number, session);
  const { inputNames, outputNames } = session;
  return { session: number, inputNames: [...inputNames], outputNames: [...outputNames] };
}

function sessionOf({ session }: { session: number }): Session {
  const found = sessions.get(session);
  if (!found) throw new Error(`no session ${session}`);
  return found;
}

async function reply(place: MessagePlace): Promise<Reply> {
  try {
    return { value: await answer(THERE.read(place) as Request) };
  } catch (error) {
    return { error: detailsOf(error) };
  }
}

/** A result that the file has no room for becomes an error that goes through the channel. */
function written(answer: Reply): MessagePlace | Reply {
  try {
    return BACK.write(answer);
  } catch (error) {
    return { error: detailsOf(error) };
  }
}

/** What can be told to another process. */
function detailsOf(error: unknown): PareErrorDetails {
  if (!(error instanceof PareError)) return { code: 'engine-failed', message: String(error) };
  const { code, message, where, expected, got, hint, isUsage } = error;
  return { code, message, where, expected, got, hint, isUsage };
}

// Nobody else sends here.
process.on('message', async (place) => {
  process.send?.(written(await reply(place as MessagePlace)));
});
// Ctrl-C goes to all processes of a terminal: who asks decides what becomes of the work.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
