import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mongoose } from 'mongoose';
import { closeShops, openShop } from './support/shop';

afterEach(closeShops);

test('the example of the README leaves the event that it shows', async () => {
  const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
  const [, code = ''] = /```ts fragment\n(.*?)```/s.exec(readme) ?? [];
  const [, printed = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];
  const { mongoose, told } = await openShop();
  mongoose.deleteModel('Order');
  // From the model on: the shop has done what stands before.
  const lines = code.slice(code.indexOf('const Order')).replace(/await mongoose\.connect.*\n/, '');
  await (new Function('mongoose', `return (async () => { ${lines} })()`) as (given: Mongoose) => Promise<void>)(
    mongoose,
  );
  const [, { action, resource, changes, diff } = {}] = await told();
  expect({ action, resource, changes, diff }).toEqual(JSON.parse(printed));
});
