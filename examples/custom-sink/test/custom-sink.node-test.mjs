/** The same kit, run by Node's own test runner on the compiled sink: build first. */
import { test } from 'node:test';
import { testSink } from '@whodunit/testing';
import { brokenHarness, folderHarness } from '../dist/test/folder-harness.js';

testSink({ test, create: folderHarness, createBroken: brokenHarness });
