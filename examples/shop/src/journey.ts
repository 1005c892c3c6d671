import { visitor } from './visitor.js';

interface Made {
  readonly id: number;
}

/** What everybody in the journey has typed as a password; it must be stored nowhere. */
export const PASSWORDS = { acme: 'correct horse battery', clerk: 'staple-and-paper-7', globex: 'another-fine-day-3' };

/**
 * A day in the shop, over HTTP: two organizations, right and wrong passwords, a colleague who is invited, things that are
 * refused. Resolves to the number of requests that tried to change something: each of them is one event.
 */
export async function playJourney(url: string): Promise<number> {
  let tries = 0;
  const somebody = () => {
    const { send } = visitor(url);
    const counting: typeof send = (method, ...rest) => {
      if (method !== 'GET') tries += 1;
      return send(method, ...rest);
    };
    return counting;
  };
  const [owner, clerk, globex] = [somebody(), somebody(), somebody()];
  const account = { email: 'owner@acme.example', password: PASSWORDS.acme };

  await owner('POST', '/signup', 201, { ...account, organization: 'Acme', name: 'Acme Owner' });
  const mug = await owner<Made>('POST', '/products', 201, { name: 'Mug', priceCents: 900, stock: 40 });
  await owner('PATCH', `/products/${mug.id}`, 200, { priceCents: 1200 });

  const colleague = { email: 'clerk@acme.example', role: 'clerk' };
  const invitation = await owner<Made & { token: string }>('POST', '/invitations', 201, colleague);
  await owner('POST', '/logout', 204);

  const accepting = { token: invitation.token, name: 'Acme Clerk', password: PASSWORDS.clerk };
  const member = await clerk<Made>('POST', `/invitations/${invitation.id}/accept`, 200, accepting);
  const order = await clerk<Made>('POST', '/orders', 201, { productId: mug.id, quantity: 2 });
  await clerk('POST', `/orders/${order.id}/pay`, 200);
  await clerk('POST', `/orders/${order.id}/pay`, 409);
  await clerk('PUT', `/members/${member.id}/role`, 403, { role: 'owner' });

  await owner('POST', '/login', 401, { ...account, password: 'wrong' });
  await owner('POST', '/login', 200, account);
  await owner('POST', `/orders/${order.id}/refund`, 200);
  await owner('PUT', `/members/${member.id}/role`, 200, { role: 'manager' });

  const other = { organization: 'Globex', name: 'Globex Owner', email: 'owner@globex.example' };
  await globex('POST', '/signup', 201, { ...other, password: PASSWORDS.globex });
  await globex('PATCH', `/products/${mug.id}`, 404, { priceCents: 1 });
  const seen = await globex<readonly Made[]>('GET', '/products', 200);
  if (seen.length > 0) throw new Error('One organization sees the products of another.');

  await clerk('DELETE', `/products/${mug.id}`, 204);
  await clerk('POST', '/logout', 204);
  return tries;
}
