import { randomBytes } from 'node:crypto';
import type { Sink } from '@whodunit/core';
import { audit } from '@whodunit/express';
import express, { type Express, type RequestHandler } from 'express';
import session from 'express-session';
import methodOverride from 'method-override';
import passport from 'passport';
import { Strategy } from 'passport-local';

interface Reader {
  readonly id: number;
  readonly email: string;
  password: string;
  verified: boolean;
}

interface Book {
  readonly id: number;
  title: string;
  readonly reviews: string[];
}

/** What the club sends by mail, the link last. */
export interface Mail {
  readonly to: string;
  readonly link: string;
}

/** A reading club of HTML forms: sessions, redirects, flash messages, `_method`. It has one line of audit. */
export function readingClub(
  sinks: readonly Sink[],
  mails: Mail[],
  order: 'before' | 'after',
): { app: Express; close(): Promise<void> } {
  const readers: Reader[] = [];
  const books: Book[] = [];
  const links = new Map<string, Reader>();
  const auth = new passport.Passport();
  const app = express();

  const mail = (reader: Reader, path: string): void => {
    const token = randomBytes(24).toString('base64url');
    links.set(token, reader);
    mails.push({ to: reader.email, link: path.replace('TOKEN', token) });
  };
  const page = (title: string) => `<html><h1>${title}</h1></html>`;
  const flash = (req: express.Request, text: string): void => {
    Object.assign(req.session, { flash: { error: [text] } });
  };
  const signedIn: RequestHandler = (req, res, next) => (req.isAuthenticated() ? next() : res.redirect('/login'));
  const bookOf = (id: unknown) => books.find((book) => String(book.id) === id);

  const auditing = audit({ sinks });
  if (order === 'before') app.use(auditing);
  app.use('/assets', express.static(__dirname));
  app.use(express.urlencoded({ extended: false }));
  app.use(methodOverride('_method'));
  app.use(methodOverride((req) => (req as express.Request).body?._method));
  app.use(session({ secret: 'the-secret-of-the-club', resave: false, saveUninitialized: false }));
  app.use(auth.initialize(), auth.session());
  if (order === 'after') app.use(auditing);

  auth.use(
    new Strategy({ usernameField: 'email' }, (email, password, done) => {
      const reader = readers.find((each) => each.email === email && each.password === password);
      return reader === undefined ? done(null, false, { message: 'Wrong address or password' }) : done(null, reader);
    }),
  );
  auth.serializeUser<number>((user, done) => done(null, (user as Reader).id));
  auth.deserializeUser<number>((id, done) => done(null, readers.find((reader) => reader.id === id) ?? false));

  app.get('/healthz', (_req, res) => void res.json({ ok: true }));
  app.get('/', (req, res) => {
    const { flash: shown } = req.session as { flash?: unknown };
    Object.assign(req.session, { flash: undefined });
    res.send(page(shown === undefined ? 'The club' : 'Something went wrong'));
  });

  app.get('/signup', (_req, res) => void res.send(page('Join us')));
  app.post('/signup', (req, res, next) => {
    const { email, password } = req.body;
    if (readers.some((reader) => reader.email === email)) {
      flash(req, 'This address is taken');
      res.redirect('/signup');
      return;
    }
    const reader = { id: readers.length + 1, email, password, verified: false };
    readers.push(reader);
    mail(reader, '/verify-email?token=TOKEN');
    req.login(reader, (error) => (error ? next(error) : res.redirect('/')));
  });
  app.get('/verify-email', (req, res) => {
    const reader = links.get(String(req.query['token']));
    if (reader === undefined) return void res.status(400).send(page('This link is too old'));
    reader.verified = true;
    res.redirect('/');
  });

  app.get('/login', (_req, res) => void res.send(page('Sign in')));
  app.post('/login', auth.authenticate('local', { successRedirect: '/', failureRedirect: '/login' }));
  app.post('/logout', (req, res, next) => req.logout((error) => (error ? next(error) : res.redirect('/login'))));

  app.get('/password/forgot', (_req, res) => void res.send(page('Where may we write to?')));
  app.post('/password/forgot', (req, res) => {
    const reader = readers.find(({ email }) => email === req.body.email);
    if (reader !== undefined) mail(reader, '/password/reset/TOKEN');
    res.redirect('/login');
  });
  app.get('/password/reset/:token', (_req, res) => void res.send(page('A new password')));
  app.post('/password/reset/:token', (req, res) => {
    const reader = links.get(req.params.token);
    if (reader === undefined) return void res.redirect('/password/forgot');
    links.delete(req.params.token);
    reader.password = req.body.password;
    res.redirect('/login');
  });
  app.post('/account/password', signedIn, (req, res) => {
    const reader = req.user as Reader;
    if (reader.password !== req.body.current_password) {
      flash(req, 'This is not your password');
      return void res.redirect('/account');
    }
    reader.password = req.body.new_password;
    res.redirect('/account');
  });

  app.get('/books', (_req, res) => void res.send(page(`${books.length} books`)));
  app.post('/books/search', (_req, res) => void res.send(page('Found')));
  app.get('/books/new', signedIn, (_req, res) => void res.send(page('A new book')));
  app.get('/books/:id', (_req, res) => void res.send(page('A book')));
  app.post('/books', signedIn, (req, res) => {
    if (!req.body.title) return void res.status(422).send(page('Which title?'));
    books.push({ id: books.length + 1, title: req.body.title, reviews: [] });
    res.redirect(303, `/books/${books.length}`);
  });
  app.put('/books/:id', signedIn, (req, res) => {
    const book = bookOf(req.params['id']);
    if (book === undefined) return void res.status(404).send(page('No such book'));
    book.title = req.body.title;
    res.redirect(303, `/books/${book.id}`);
  });
  app.delete('/books/:id', signedIn, (req, res) => {
    books.splice(
      books.findIndex(({ id }) => String(id) === req.params['id']),
      1,
    );
    res.redirect(303, '/books');
  });
  app.post('/books/:id/reviews', signedIn, (req, res) => {
    bookOf(req.params['id'])?.reviews.push(req.body.text);
    res.redirect(303, `/books/${req.params['id']}#reviews`);
  });
  return { app, close: () => auditing.auditor.close() };
}
