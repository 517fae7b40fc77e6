import { Client } from 'pg'
import type { Cluster } from './cluster.ts'

/** The role the shop connects as. It owns its database and has no other privileges on the server. */
export const shopRole = 'shop'

/** Creates the shop's role and database, or transfers ownership of what an earlier start created as the superuser. */
export async function makeShopDatabase(cluster: Cluster, database: string): Promise<void> {
  await withClient(cluster.url, async (client) => {
    const password = client.escapeLiteral(new URL(cluster.url).password)
    const role = client.escapeIdentifier(shopRole)
    const { rowCount: hasRole } = await client.query('select from pg_roles where rolname = $1', [shopRole])
    await client.query(`${hasRole ? 'alter' : 'create'} role ${role} login nosuperuser nocreatedb nocreaterole password ${password}`)
    const { rowCount: hasDatabase } = await client.query('select from pg_database where datname = $1', [database])
    const name = client.escapeIdentifier(database)
    await client.query(hasDatabase ? `alter database ${name} owner to ${role}` : `create database ${name} owner ${role}`)
  })
  await withClient(cluster.urlOf(database), async (client) => void (await client.query(handOver)))
}

/** Excludes a table's own sequences and row types, whose ownership follows the table. */
const handOver = `
do $$
declare
  item record;
begin
  for item in
    with mine as (select oid, nspname, nspowner from pg_namespace where nspname !~ '^(pg_|information_schema$)')
    select format('alter schema %I owner to ${shopRole}', nspname) as statement from mine where nspowner = current_user::regrole and nspname <> 'public'
    union all
    select format('alter %s %s owner to ${shopRole}', case relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, c.oid::regclass)
    from pg_class c join mine on mine.oid = relnamespace
    where relowner = current_user::regrole and relkind in ('r', 'p', 'v', 'm', 'S')
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') and relkind = 'S')
    union all
    select format('alter routine %s owner to ${shopRole}', p.oid::regprocedure) from pg_proc p join mine on mine.oid = pronamespace where proowner = current_user::regrole
    union all
    select format('alter type %s owner to ${shopRole}', t.oid::regtype) from pg_type t join mine on mine.oid = typnamespace where typowner = current_user::regrole and typtype in ('e', 'd')
  loop
    execute item.statement;
  end loop;
end $$`

async function withClient(connectionString: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
