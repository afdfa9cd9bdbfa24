#!/usr/bin/env node
/** Starts the engine beside this file. */
import { join } from 'node:path';
import { runKept } from './process/kept-code';

runKept(join(__dirname, 'engine.js'), /^[a-z_][a-z_-]*$/.exec(process.argv[2] ?? '')?.[0] ?? 'other');
