import { runServer } from './connection';

// Started by the extension over node IPC, and by `lifecycle language-server --stdio` and other editors over standard input and output.
runServer();
