import { Exclude, Expose } from 'class-transformer';

export class Order {
  item!: string;
  pieces!: number;
  price!: number;
  email!: string;
}

export class Receipt {
  @Exclude()
  readonly email: string;

  @Expose({ name: 'count' })
  readonly pieces: number;

  @Expose()
  readonly item: string;

  constructor(
    order: Order,
    readonly total: number,
  ) {
    this.email = order.email;
    this.pieces = order.pieces;
    this.item = order.item;
  }
}
