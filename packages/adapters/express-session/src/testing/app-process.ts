import { Grid } from '@keygrid/grid';
import express from 'express';
import session from 'express-session';
import { GridSessionStore } from '../grid-session-store.ts';

declare module 'express-session' {
  interface SessionData {
    visits?: number;
    lastSeenBy?: string;
  }
}

// One node of an ordinary express application, for tests: prints its port, ends with its standard input.
const [nodeName = '', connectionString = ''] = process.argv.slice(2);

const grid = await Grid.start({ nodeName, bindPort: 0, authority: { kind: 'postgres', connection: { connectionString } } });

const app = express();
app.use(
  session({
    store: new GridSessionStore({ grid }),
    secret: 'of-the-test',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 600_000 },
  }),
);
app.get('/', (request, response) => {
  const { session: own } = request;
  const before = { visits: own.visits ?? 0, lastSeenBy: own.lastSeenBy ?? null };
  own.visits = before.visits + 1;
  own.lastSeenBy = nodeName;
  response.json(before);
});
app.get('/state', (_request, response) => {
  response.json({ members: grid.view.members.length, phase: grid.view.phase, ready: grid.ready });
});
app.post('/logout', (request, response) => request.session.destroy(() => response.json({})));

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : undefined }));
});

process.stdin.resume().on('close', () => {
  server.close();
  server.closeAllConnections();
  void grid.stop();
});
