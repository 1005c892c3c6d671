/** A user's file that is an ES module: every package has types there. */
import * as core from '@whodunit/core';
import * as http from '@whodunit/core/http';
import * as express from '@whodunit/express';
import * as nestjs from '@whodunit/nestjs';
import * as sinkFile from '@whodunit/sink-file';
import * as sinkHttp from '@whodunit/sink-http';
import * as sinkPostgres from '@whodunit/sink-postgres';
import * as testing from '@whodunit/testing';

export const packages = { core, http, express, nestjs, sinkFile, sinkHttp, sinkPostgres, testing } satisfies Record<
  string,
  object
>;
