import { Cart } from './cart';

jest.mock('./cart');

describe('a class with decorators that Jest mocks', () => {
  it('is a mock like any other', () => {
    const cart = new Cart();
    expect(cart.add('sku-1')).toBeUndefined();
    expect(cart.add).toHaveBeenCalledWith('sku-1');
    jest.mocked(cart.add).mockReturnValue(7);
    const { add } = cart;
    expect(add.bind(cart)('sku-2')).toBe(7);
    expect(add.call(cart, 'sku-3')).toBe(7);
    expect(add.apply(cart, ['sku-4'])).toBe(7);
  });

  it('is itself when it is asked for', () => {
    const { Cart: Actual } = jest.requireActual<typeof import('./cart')>('./cart');
    const cart = new Actual();
    expect(cart.add.bind(cart)('sku-1')).toBe(1);
    const spy = jest.spyOn(cart, 'add').mockReturnValue(9);
    expect(cart.add('sku-2')).toBe(9);
    spy.mockRestore();
    expect(cart.add('sku-2')).toBe(2);
    jest.spyOn(Actual.prototype, 'add').mockImplementation(() => 8);
    expect(new Actual().add('sku-3')).toBe(8);
    jest.restoreAllMocks();
    expect(new Actual().add('sku-3')).toBe(1);
  });

  it('gives mocks for functions that were woven', () => {
    const { sum } = jest.createMockFromModule<typeof import('./sum')>('./sum');
    expect(sum(1, 2)).toBeUndefined();
    jest.mocked(sum).mockReturnValue(4);
    expect(sum.bind(null)(1, 2)).toBe(4);
  });
});
