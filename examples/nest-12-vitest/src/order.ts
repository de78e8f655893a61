import { Exclude, Expose } from 'class-transformer';

/** What is bought. The decorators say what of it Countly may know. */
export class Order {
  @Expose()
  item!: string;

  @Expose()
  pieces!: number;

  @Exclude()
  email!: string;
}
