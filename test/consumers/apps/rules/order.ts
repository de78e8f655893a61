import { Exclude, Expose } from 'class-transformer';

export class Order {
  @Expose({ name: 'amount' }) total = 5;
  @Exclude() email = 'ann@example.com';
}

export class Address {
  city = 'Oslo';
  @Exclude() street = 'Karl Johans gate 1';
}
