import type { AuditEvent } from '@whodunit/core';
import { AuditField, AuditIgnore } from '@whodunit/typeorm';
import { closeSessions, sessionOf, shortOf } from './support/session';
import { type TypeOrm, useVersion, VERSIONS } from './support/versions';

afterEach(closeSessions);

function entitiesFor(orm: TypeOrm) {
  useVersion(orm);
  const { AfterLoad, Column, DeleteDateColumn, Entity, JoinTable, ManyToMany, ManyToOne, OneToMany } = orm;
  const { PrimaryGeneratedColumn, VersionColumn } = orm;

  class Address {
    @Column('text', { nullable: true }) street?: string | null;
    @AuditField('mask') @Column('text', { nullable: true }) door?: string | null;
  }

  @Entity()
  class Team {
    @PrimaryGeneratedColumn() id!: number;
    @Column('text') name!: string;
    @OneToMany(
      () => Player,
      (player) => player.team,
      { cascade: true, orphanedRowAction: 'nullify' },
    )
    players!: Player[];
  }

  @Entity()
  class Player {
    @PrimaryGeneratedColumn('uuid') id!: string;
    @Column('text') name!: string;
    @ManyToOne(
      () => Team,
      (team) => team.players,
    )
    team?: unknown;
    @Column(() => Address) address!: Address;
    @Column('numeric', {
      nullable: true,
      transformer: { to: (value: unknown) => value, from: (value: unknown) => (value === null ? null : Number(value)) },
    })
    fee?: unknown;
    @Column('text', { nullable: true, select: false }) pin?: string | null;
    @AuditField({ policy: 'mask', label: 'Tax number' }) @Column('text', { nullable: true }) tax?: string | null;
    @AuditIgnore() @Column('text', { nullable: true }) note?: string | null;
    @VersionColumn() edition!: number;
    @DeleteDateColumn() leftOn?: Date | null;
    @ManyToMany(() => Player) @JoinTable() rivals!: Player[];
  }

  @Entity()
  class Loud {
    @PrimaryGeneratedColumn() id!: number;
    @Column('text', { nullable: true }) name!: string | null;
    @Column('int', { nullable: true }) size!: number | null;
    @AfterLoad()
    fill() {
      this.size ??= 0;
    }
  }

  return { Address, Loud, Player, Team };
}

const changeOf = (event: AuditEvent | undefined, path: string) =>
  event?.changes?.find((change) => change.path === path);

describe.each(VERSIONS)('save of TypeORM %s', (_name, orm) => {
  async function opened(audit = {}) {
    const entities = entitiesFor(orm);
    const session = await sessionOf(orm, { entities: Object.values(entities), audit });
    return { ...session, ...entities };
  }

  test('costs no statement more, whether it makes, changes or removes', async () => {
    const { Player, source, statementsOf, told } = await opened();
    const players = source.getRepository(Player);
    const player = players.create({ name: 'Ann' });
    const made = await statementsOf(() => players.save(player));
    // What was just saved holds the columns that are not selected: TypeORM writes them again.
    const found = await players.findOneByOrFail({ id: player.id });
    found.name = 'Anna';
    const changed = await statementsOf(() => players.save(found));
    const gone = await statementsOf(() => players.softRemove(found));
    expect(made.map(verbOf)).toEqual(['START', 'INSERT', 'COMMIT']);
    expect(changed.map(verbOf)).toEqual(['SELECT', 'START', 'UPDATE', 'COMMIT']);
    expect(gone.map(verbOf)).toEqual(['SELECT', 'START', 'UPDATE', 'COMMIT']);
    const [, event] = await told();
    expect(event?.diff).toEqual({ fidelity: 'exact', why: 'read just before the write, not locked' });
  });

  test('of a column that is not selected reads what was there, and shows it never', async () => {
    const { Player, source, statementsOf, told } = await opened();
    const players = source.getRepository(Player);
    const { id } = await players.save(players.create({ name: 'Ann', pin: 'pin-of-ann-1' }));
    await told();
    const sent = await statementsOf(() => players.save({ id, pin: 'pin-of-ann-2' }));
    expect(sent.map(verbOf)).toEqual(['SELECT', 'START', 'SELECT', 'UPDATE', 'COMMIT']);
    const [event] = await told();
    expect(shortOf(event as AuditEvent)).toBe(`player.update ${id} /pin /edition`);
    expect(changeOf(event, '/pin')).toMatchObject({
      op: 'replace',
      old: { $redacted: true },
      new: { $redacted: true },
    });
    expect(JSON.stringify(event)).not.toContain('pin-of-ann');
  });

  test('that only counts the version tells nothing', async () => {
    const { Player, short, source } = await opened();
    const { id } = await source.getRepository(Player).save({ name: 'Ann' });
    await short();
    await source.getRepository(Player).update(id, { edition: 7 });
    expect(await short()).toEqual([]);
  });

  test('tells what is in embedded values, and keeps what decorators say of them', async () => {
    const { Player, source, told } = await opened();
    const players = source.getRepository(Player);
    const player = await players.save(players.create({ name: 'Ann', address: { street: 'Elm', door: 'door-1' } }));
    player.address.street = 'Oak';
    player.address.door = 'door-2';
    await players.save(player);
    const events = await told();
    const [made, changed] = events;
    expect(changeOf(made, '/address')).toMatchObject({ op: 'add', new: { street: 'Elm' } });
    expect(changeOf(changed, '/address/street')).toMatchObject({ old: 'Elm', new: 'Oak' });
    expect(changeOf(changed, '/address.door')).toMatchObject({ old: { $redacted: true }, new: { $redacted: true } });
    expect(JSON.stringify(events)).not.toContain('door-');
  });

  test('keeps what decorators say', async () => {
    const { Player, source, told } = await opened();
    const players = source.getRepository(Player);
    await players.save({ name: 'Ann', tax: 'tax-of-ann', note: 'note-of-ann' });
    const [event] = await told();
    expect(changeOf(event, '/tax')).toMatchObject({ new: { $redacted: true } });
    expect(event?.metadata?.['labels']).toMatchObject({ '/tax': 'Tax number' });
    expect(changeOf(event, '/note')).toBeUndefined();
    expect(JSON.stringify(event)).not.toMatch(/tax-of-ann|note-of-ann/);
  });

  test('tells values as they are stored, not what a transformer makes of them', async () => {
    const { Player, source, told } = await opened();
    const players = source.getRepository(Player);
    const player = await players.save({ name: 'Ann', fee: '12345678901234567890.10' });
    await told();
    await players.save({ id: player.id, fee: '12345678901234567890.20' });
    const [event] = await told();
    expect(changeOf(event, '/fee')).toMatchObject({ old: '12345678901234567890.10', new: '12345678901234567890.20' });
  });

  test('tells what is stored, whatever listeners make of an entity when it is loaded', async () => {
    const { Loud, source, told } = await opened();
    const { id } = await source.getRepository(Loud).save({ name: 'a' });
    await told();
    await source.getRepository(Loud).save({ id, name: 'b' });
    const [event] = await told();
    expect(event?.changes?.map(({ path }) => path)).toEqual(['/name']);
  });

  test('with cascades tells every row, those that lose their place too', async () => {
    const { Team, short, source } = await opened();
    const teams = source.getRepository(Team);
    const team = await teams.save(teams.create({ name: 'Blue', players: [{ name: 'one' }, { name: 'two' }] as never }));
    const [one, two] = team.players;
    expect((await short()).map((line) => line.split(' ')[0]).sort()).toEqual([
      'player.create',
      'player.create',
      'team.create',
    ]);
    await teams.save({ id: team.id, players: [two] } as never);
    expect(await short()).toEqual([`player.update ${one?.id} /edition /teamId`]);
  });

  test('of a list of its own kind tells who was added and who removed', async () => {
    const { Player, short, source } = await opened();
    const players = source.getRepository(Player);
    const [ann, ben, cid] = await players.save([{ name: 'Ann' }, { name: 'Ben' }, { name: 'Cid' }]);
    await short();
    await players.save({ id: ann?.id, rivals: [ben, cid] } as never);
    expect(await short()).toEqual([`player.update ${ann?.id} /rivals/${ben?.id} /rivals/${cid?.id}`]);
    await players.createQueryBuilder().relation(Player, 'rivals').of(ann?.id).remove(ben?.id);
    await players.createQueryBuilder().relation(Player, 'rivals').of(ann?.id).add(ben?.id);
    const rival = `player.update ${ann?.id} /rivals/${ben?.id}`;
    expect(await short()).toEqual([rival, rival]);
  });

  test('knows a mark of deletion by whatever name', async () => {
    const { Player, source, told } = await opened();
    const players = source.getRepository(Player);
    const player = await players.save({ name: 'Ann' });
    await told();
    await players.softRemove(player);
    await players.recover(player);
    await players.softDelete(player.id);
    await players.restore(player.id);
    expect((await told()).map(({ action, operation }) => `${action} ${operation}`)).toEqual([
      'player.delete delete',
      'player.restore update',
      'player.delete delete',
      'player.restore update',
    ]);
  });

  test('of the same row twice in one transaction is told as one change, whole', async () => {
    const { Player, source, told } = await opened();
    const players = source.getRepository(Player);
    const { id } = await players.save(players.create({ name: 'Ann', pin: 'x' }));
    await told();
    await source.transaction(async (manager) => {
      await manager.save(Player, { id, name: 'Anna' });
      await manager.update(Player, id, { name: 'Hannah' });
    });
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event?.changes?.map(({ path }) => path)).toEqual(['/name', '/edition']);
    expect(changeOf(event, '/name')).toMatchObject({ old: 'Ann', new: 'Hannah' });
  });

  test('is not touched by what the application does to its objects afterwards', async () => {
    const { Player, source, told } = await opened();
    const players = source.getRepository(Player);
    await source.transaction(async (manager) => {
      const player = await manager.save(players.create({ name: 'Ann', address: { street: 'Elm' } }));
      player.name = 'somebody else';
      player.address.street = 'nowhere';
    });
    const [event] = await told();
    expect(changeOf(event, '/name')).toMatchObject({ new: 'Ann' });
    expect(changeOf(event, '/address')).toMatchObject({ new: { street: 'Elm' } });
  });

  test('without listeners, reload or a transaction is told all the same', async () => {
    const { Player, short, source } = await opened();
    const players = source.getRepository(Player);
    const player = await players.save(players.create({ name: 'A' }));
    player.name = 'AA';
    await players.save(player, { reload: false });
    player.name = 'B';
    await players.save(player, { listeners: false });
    player.name = 'C';
    await players.save(player, { transaction: false });
    expect((await short()).map((line) => line.split(' ')[0])).toEqual([
      'player.create',
      'player.update',
      'player.update',
      'player.update',
    ]);
  });
});

function verbOf(statement: string): string {
  return statement.split(' ')[0] ?? '';
}
