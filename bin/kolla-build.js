#!/usr/bin/env node
import { processIo } from '../dist/bin/io.js';
import { kollaBuild } from '../dist/bin/kolla-build.js';

process.exitCode = await kollaBuild(process.argv.slice(2), processIo());
