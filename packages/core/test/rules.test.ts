import { compileRules, type RuleInput } from '../src/pure/rules';

const update: RuleInput = {
  action: 'project.update',
  category: 'data',
  operation: 'update',
  outcome: 'success',
  resource: 'project',
  method: 'PUT',
  route: '/projects/:id',
};
const read: RuleInput = { ...update, action: 'project.read', operation: 'read', method: 'GET' };

describe('rules', () => {
  test.each<[string, RuleInput, string]>([
    ['records a write with its changes', update, 'changes'],
    ['leaves a read out', read, 'none'],
    ['records a denied read', { ...read, outcome: 'denied' }, 'metadata'],
    ['leaves a failed read out', { ...read, outcome: 'failure' }, 'none'],
    ['records an export', { ...read, action: 'project.export' }, 'metadata'],
  ])('without any, whodunit %s', (_, input, level) => {
    expect(compileRules([]).captured(input).level).toBe(level);
  });

  test('the first match wins and gives its name, or its place', () => {
    const { captured } = compileRules([
      { name: 'quiet projects', when: { resource: 'project', operation: 'update' }, level: 'none' },
      { when: { operation: ['update', 'read'] }, level: 'full' },
    ]);
    expect(captured(update)).toEqual({ level: 'none', rule: 'quiet projects' });
    expect(captured({ ...update, resource: 'order' })).toEqual({ level: 'full', rule: 'rules[1]' });
  });

  test('what is recorded by hand is turned down only by a rule of the application', () => {
    expect(compileRules([]).byHand(read).level).toBe('changes');
    expect(compileRules([{ when: { action: 'project.*' }, level: 'none' }]).byHand(read).level).toBe('none');
  });

  test.each<[string, string, boolean]>([
    ['auth.*', 'auth.login', true],
    ['*.delete', 'project.delete', true],
    ['*.delete', 'project.deleted', false],
    ['*', 'anything', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'ac', false],
    ['a*a', 'a', false],
    ['a.c', 'abc', false],
  ])('the pattern %s on %s is %s', (pattern, action, expected) => {
    const { captured } = compileRules([{ name: 'r', when: { action: pattern }, level: 'none' }]);
    expect(captured({ ...update, action }).rule === 'r').toBe(expected);
  });

  test('a pattern cannot run away', () => {
    const { captured } = compileRules([{ when: { route: `${'*a'.repeat(30)}*b` }, level: 'none' }]);
    const started = performance.now();
    captured({ ...update, route: 'a'.repeat(10_000) });
    expect(performance.now() - started).toBeLessThan(500);
  });

  test('a member that the event does not have matches no rule about it', () => {
    const { captured } = compileRules([{ when: { resource: '*' }, level: 'none' }]);
    expect(captured({ ...update, resource: undefined }).level).toBe('changes');
  });
});
