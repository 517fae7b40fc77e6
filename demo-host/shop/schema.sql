create schema if not exists shop;

create table if not exists shop.product (
  sku text primary key,
  name text not null,
  price_cents integer not null,
  stock integer not null,
  reorder_at integer not null
);

create table if not exists shop.purchase (
  number bigint primary key generated always as identity (start with 1001),
  placed_at timestamptz not null default now(),
  customer text not null,
  sku text not null references shop.product,
  quantity integer not null,
  total_cents integer not null,
  status text not null default 'placed'
);
create index if not exists purchase_placed_at on shop.purchase (placed_at desc);
create index if not exists purchase_paid on shop.purchase (number) where status = 'paid';

create table if not exists shop.cart (
  id bigint primary key generated always as identity,
  updated_at timestamptz not null default now(),
  sku text not null references shop.product,
  quantity integer not null
);

create table if not exists shop.price_change (
  id bigint primary key generated always as identity,
  changed_at timestamptz not null default now(),
  sku text not null references shop.product,
  from_cents integer not null,
  to_cents integer not null
);

create table if not exists shop.digest (
  id bigint primary key generated always as identity,
  written_at timestamptz not null default now(),
  recipient text not null,
  body text not null
);

create table if not exists shop.ledger (
  book text not null,
  month date not null,
  total_cents bigint not null,
  primary key (book, month)
);

create table if not exists shop.follow_up (
  number bigint primary key generated always as identity,
  event_id text not null unique,
  opened_at timestamptz not null default now(),
  title text not null
);

create table if not exists shop.session (
  id_hash bytea primary key,
  person text not null,
  expires_at timestamptz not null
);

create table if not exists shop.visit (
  person text not null,
  place text not null,
  first_at timestamptz not null default now(),
  primary key (person, place)
);
