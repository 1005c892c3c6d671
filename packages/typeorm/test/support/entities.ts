import 'reflect-metadata';
import { type TypeOrm, useVersion } from './versions';

/** The tables of the shared suite as entities of one version of TypeORM. */
export function entitiesFor(orm: TypeOrm) {
  useVersion(orm);
  const { Column, DeleteDateColumn, Entity, JoinColumn, JoinTable, ManyToMany, ManyToOne, OneToMany } = orm;
  const { PrimaryColumn, PrimaryGeneratedColumn, UpdateDateColumn } = orm;

  @Entity('tags')
  class Tag {
    @PrimaryGeneratedColumn() id!: number;
    @Column('text') name!: string;
  }

  @Entity('documents')
  class Document {
    @PrimaryGeneratedColumn('uuid') id!: string;
    @Column('text') title!: string;
    @ManyToOne(
      () => Person,
      (person) => person.documents,
    )
    @JoinColumn({ name: 'owner_id' })
    owner?: unknown;
    @ManyToMany(() => Tag)
    @JoinTable({
      name: 'document_tags',
      joinColumn: { name: 'document_id' },
      inverseJoinColumn: { name: 'tag_id' },
    })
    tags!: Tag[];
  }

  @Entity('people')
  class Person {
    @PrimaryGeneratedColumn() id!: number;
    @Column('text') name!: string;
    @Column('text', { nullable: true, unique: true }) email!: string | null;
    @Column('text', { name: 'display_name', nullable: true }) displayName!: string | null;
    @Column('int', { nullable: true }) age!: number | null;
    @Column('text') state!: string;
    @Column('numeric', { precision: 20, scale: 4, nullable: true }) balance!: string | null;
    @Column('bigint', { nullable: true }) big!: string | null;
    @Column('timestamptz', { nullable: true }) born!: Date | null;
    @Column('bytea', { nullable: true }) photo!: Buffer | null;
    @Column({ type: 'enum', enum: ['calm', 'angry'], enumName: 'mood', nullable: true }) mood!: string | null;
    @Column('jsonb', { nullable: true }) settings!: object | null;
    @Column({ type: 'text', asExpression: 'left(name, 1)', generatedType: 'STORED', nullable: true }) initial!:
      | string
      | null;
    @Column('text', { nullable: true, select: false }) password?: string | null;
    @DeleteDateColumn({ name: 'deleted_at', type: 'timestamptz' }) deletedAt!: Date | null;
    @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' }) updatedAt!: Date;
    @OneToMany(
      () => Document,
      (document) => document.owner,
      { cascade: true },
    )
    documents!: Document[];
  }

  @Entity('memberships')
  class Membership {
    @PrimaryColumn('int', { name: 'org_id' }) orgId!: number;
    @PrimaryColumn('int', { name: 'person_id' }) personId!: number;
    @Column('text') role!: string;
  }

  return { Document, Membership, Person, Tag };
}
