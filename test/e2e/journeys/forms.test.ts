import { memorySink } from '@whodunit/testing';
import request from 'supertest';
import { type Mail, readingClub } from './apps/reading-club';
import { expectSound, told, trail } from './lib/trail';

const ADA = 'ada@club.example';
const PASSWORD = 'first-horse-battery';
const SECOND = 'second-horse-battery';
const THIRD = 'third-horse-battery';
const WRONG = 'wrong-horse-battery';

const EXPECTED = trail(`
  account.signup           success  user:1                      user/1    -
  account.verify           success  user:1                      user/1    -
  account.verify           failure  anonymous                   user      -
  account.signup           failure  anonymous~ada@club.example  user      -
  auth.login               failure  anonymous~ada@club.example  session   -
  auth.login               success  user:1                      session   -
  book.create              success  user:1                      book/1    -
  book.create              failure  user:1                      book      -
  book.update              success  user:1                      book/1    -
  book.update              failure  user:1                      book/99   -
  review.create            success  user:1                      review    -
  book.delete              success  user:1                      book/1    -
  account.password_change  failure  user:1                      user/1    -
  account.password_change  success  user:1                      user/1    -
  auth.logout              success  user:1                      session   -
  book.create              denied   anonymous                   book      -
  book.delete              denied   anonymous                   book/1    -
  account.password_forgot  success  anonymous~ada@club.example  user      -
  account.password_reset   failure  anonymous                   user      -
  account.password_reset   success  anonymous                   user      -
  auth.login               success  user:1                      session   -
`);

test.each(['before', 'after'] as const)(
  'a club of HTML forms with Passport, and audit %s it, is told from signup to a reset password',
  async (order) => {
    const sink = memorySink();
    const mails: Mail[] = [];
    const { app, close } = readingClub([sink], mails, order);
    const ada = request.agent(app);
    const stranger = request.agent(app);
    const form = (path: string, fields: Record<string, string>, who = ada) => who.post(path).type('form').send(fields);
    const lastLink = () => mails.at(-1)?.link ?? '';

    await stranger.get('/healthz').expect(200);
    await stranger.options('/books').expect(200);
    await stranger.get('/assets/reading-club.ts').expect(200);
    await stranger.get('/signup').expect(200);
    await form('/signup', { email: ADA, password: PASSWORD }).expect('location', '/');
    await ada.get('/').expect(200);
    const verification = lastLink();
    await ada.get(verification).expect('location', '/');
    await stranger.get('/verify-email?token=of-another-time').expect(400);
    await form('/signup', { email: ADA, password: SECOND }, stranger).expect('location', '/signup');
    await stranger.get('/').expect(200);

    await form('/login', { email: ADA, password: WRONG }, stranger).expect('location', '/login');
    await ada.get('/login').expect(200);
    const signedIn = await form('/login', { email: ADA, password: PASSWORD }).expect('location', '/');

    await ada.get('/books').expect(200);
    await form('/books/search', { q: 'sea' }).expect(200);
    await ada.get('/books/new').expect(200);
    await form('/books', { title: 'The sea' }).expect('location', '/books/1');
    await form('/books', { title: '' }).expect(422);
    await form('/books/1?_method=PUT', { title: 'The deep sea' }).expect(303);
    await form('/books/99', { _method: 'PUT', title: 'The desert' }).expect(404);
    await form('/books/1/reviews', { text: 'Salty.' }).expect(303);
    await form('/books/1', { _method: 'DELETE' }).expect('location', '/books');

    await form('/account/password', { current_password: WRONG, new_password: SECOND }).expect(302);
    await ada.get('/').expect(200);
    await form('/account/password', { current_password: PASSWORD, new_password: SECOND }).expect(302);
    await form('/logout', {}).expect('location', '/login');
    await ada.get('/books/new').expect('location', '/login');
    await form('/books', { title: 'The shore' }).expect('location', '/login');
    await form('/books/1', { _method: 'DELETE' }).expect('location', '/login');

    await ada.get('/password/forgot').expect(200);
    await form('/password/forgot', { email: ADA }).expect(302);
    const reset = lastLink();
    await form('/password/reset/of-another-time', { password: THIRD }).expect('location', '/password/forgot');
    await ada.get(reset).expect(200);
    await form(reset, { password: THIRD }).expect('location', '/login');
    await form('/login', { email: ADA, password: THIRD }).expect('location', '/');
    await close();

    expect(told(sink.events)).toEqual(EXPECTED);
    const cookie = /connect\.sid=([^;]+)/.exec(String(signedIn.headers['set-cookie']))?.[1] ?? '';
    const tokens = [verification, reset].map((link) => link.split(/[=/]/).at(-1) ?? '');
    expectSound(sink.events, [PASSWORD, SECOND, THIRD, WRONG, ...tokens, cookie, 'of-another-time']);
  },
);
