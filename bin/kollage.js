#!/usr/bin/env node
import { processIo } from '../dist/cli/io.js';
import { kollage } from '../dist/cli/kollage.js';

process.exitCode = await kollage(process.argv.slice(2), processIo());
