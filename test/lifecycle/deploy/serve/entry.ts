import { serveMain } from '../../../../lifecycle/deploy/serve/main';

// What the CLI's hidden command does, for tests that start a detached server.
void serveMain(process.argv[2] ?? '').then((code) => process.exit(code));
