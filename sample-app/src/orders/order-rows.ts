import { Check, Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** More of one thing do not fit into a parcel. The database refuses them, whatever code asks it to keep them. */
export const MAX_PIECES = 30;

@Entity('orders')
export class OrderRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  visitorId!: string;

  /** In cents, delivery included. */
  @Column('integer')
  total!: number;
}

@Entity('order_lines')
@Check('fits_into_a_parcel', `pieces <= ${MAX_PIECES}`)
export class OrderLineRow {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  orderId!: string;

  @Column('text')
  productId!: string;

  @Column('integer')
  pieces!: number;
}
