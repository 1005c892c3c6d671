import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';

/** Somebody who works with the fleet of a customer. */
@Entity()
export class Employee {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ type: 'text', unique: true }) email!: string;
  @Column({ type: 'text' }) password!: string;
  @Column({ type: 'text' }) tenantId!: string;
  @Column({ type: 'text', default: 'driver' }) role!: string;
}

@Entity()
export class Vehicle {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ type: 'text', unique: true }) plate!: string;
  @Column({ type: 'int', default: 4 }) seats!: number;
  @Column({ type: 'boolean', default: false }) retired!: boolean;
}

@Entity()
export class Booking {
  @PrimaryGeneratedColumn() id!: number;
  @ManyToOne(() => Vehicle, { onDelete: 'CASCADE' }) vehicle!: Relation<Vehicle>;
  @Column({ type: 'date' }) day!: string;
}
