/** Starts the server beside this file. */
import { join } from 'node:path';
import { runKept } from '../lifecycle/process/kept-code';

runKept(join(__dirname, 'server.js'), 'language-server', 20_000);
