/** The child process of a test: writes pairs of rows for ever, each pair in one transaction, and says which are kept. */
import { migrate } from '../migrate.ts';
import { openPglite } from '../pglite.ts';

const database = await openPglite({ dataDir: process.argv[2] ?? '' });
await migrate(database, 'shop', [{ id: '0001_init', sql: 'create table pair (id integer, half text)' }]);
const [newest] = await database.query('select coalesce(max(id), 0) as id from pair');

for (let id = Number(newest?.id) + 1; ; id += 1) {
  await database.transaction(async (tx) => {
    await tx.query('insert into pair values ($1, $2)', [id, 'left']);
    await tx.query('insert into pair values ($1, $2)', [id, 'right']);
  });
  process.stdout.write(`${id}\n`);
}
