#!/usr/bin/env node
import { start } from './cli/start';

void start();
