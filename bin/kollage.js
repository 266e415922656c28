#!/usr/bin/env node
import { processIo } from '../dist/bin/io.js';
import { kollage } from '../dist/bin/kollage.js';

process.exitCode = await kollage(process.argv.slice(2), processIo());
