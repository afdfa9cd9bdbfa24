import { start } from './cli/start';

void start();
