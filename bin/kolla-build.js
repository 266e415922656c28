#!/usr/bin/env node
import { processIo } from '../dist/cli/io.js';
import { kollaBuild } from '../dist/cli/kolla-build.js';

process.exitCode = await kollaBuild(process.argv.slice(2), processIo());
